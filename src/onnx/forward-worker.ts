/** The thread of models that are loaded for inference: it holds their sessions, so that the main thread never waits for a run. */
import { SessionError } from '../utils/errors.ts';
import { serveJobs, withTransfer } from '../utils/worker-side.ts';
import { type ForwardJob, type ForwardResults, listBuffers, type OpenedForward } from './forward-job.ts';
import { createCollector, type Notice } from './notices.ts';
import { type Forward, openForward } from './open-forward.ts';
import type { Message, ReleaseJob } from './session-thread.ts';

const models = new Map<number, Forward>();
let opened = 0;

serveJobs<ForwardJob | ReleaseJob, Message>(async (job) => {
  if (job.kind === 'open') return open(job);
  if (job.kind === 'run') return run(job);
  for (const number of job.kind === 'close' ? [job.model] : [...models.keys()]) await close(number);
  return { kind: 'done' };
});

async function open({ source, options }: ForwardJob & { kind: 'open' }): Promise<OpenedForward> {
  const notices: Notice[] = [];
  const forward = await openForward(source, { ...options, logger: createCollector(notices) });
  const model = ++opened;
  models.set(model, forward);
  const { device, inputNames, outputNames } = forward;
  return { kind: 'opened', model, device, inputNames, outputNames, notices };
}

async function run({ model, inputs, outputs, moving }: ForwardJob & { kind: 'run' }) {
  const forward = models.get(model);
  if (!forward) throw new SessionError('cpu', 'the thread that held the session was lost');
  const results = await forward.run(inputs, outputs);
  const buffers = listBuffers(moving ? [...results.values(), ...inputs.values()] : results.values());
  return withTransfer<ForwardResults>({ kind: 'ran', results, ...(moving && { inputs }) }, buffers);
}

async function close(model: number): Promise<void> {
  await models.get(model)?.release();
  models.delete(model);
}
