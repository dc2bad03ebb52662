import { SessionError } from '../utils/errors.ts';
import { serveJobs } from '../utils/worker-side.ts';
import { createCollector, type Notice } from './notices.ts';
import type { Message, ReleaseJob } from './session-thread.ts';
import type { TrainFacts } from './train-facts.ts';
import type { OpenedAnswer, OpenJob, RecycleJob } from './train-session.ts';

/** What every train graph can be told. */
interface Loaded extends TrainFacts {
  createWeights(): Map<string, Float32Array>;
  recycle(): Promise<void>;
  release(): Promise<void>;
}

/** The answer to a job, its buffers moved or not. */
type Answer = ReturnType<Parameters<typeof serveJobs<Message, Message>>[0]>;

/**
 * The thread's side of a `TrainSession`: it holds one train graph, so that the main thread never waits for a run.
 * @param open loads it, with the notices of loading gathered
 * @param perform does the jobs that are its own; `getLoaded` throws SessionError where nothing is loaded
 */
export function serveTraining<One extends Loaded, Job extends Message, Options>(
  open: (
    source: OpenJob<Options>['source'],
    options: Options & { logger: ReturnType<typeof createCollector> },
  ) => Promise<One>,
  perform: (job: Job, getLoaded: () => One) => Answer,
): void {
  let loaded: One | undefined;
  const getLoaded = () => {
    if (loaded) return loaded;
    throw new SessionError('cpu', 'the thread that held the session was lost');
  };
  const load = async ({ source, options }: OpenJob<Options>): Promise<OpenedAnswer> => {
    const notices: Notice[] = [];
    loaded = await open(source, { ...options, logger: createCollector(notices) });
    const { device, inputs, target, parameters } = loaded;
    return { kind: 'opened', device, inputs, target, parameters, weights: loaded.createWeights(), notices };
  };
  const isCommon = (job: Message): job is OpenJob<Options> | RecycleJob | ReleaseJob =>
    ['open', 'recycle', 'release'].includes(job.kind);
  serveJobs<Message, Message>(async (job) => {
    if (!isCommon(job)) return perform(job as Job, getLoaded);
    if (job.kind === 'open') return load(job);
    if (job.kind === 'recycle') await getLoaded().recycle();
    else {
      await loaded?.release();
      loaded = undefined;
    }
    return { kind: 'done' };
  });
}
