/** The thread of one train step: it holds the session, so that the main thread never waits for a run. */
import { packError } from '../utils/error-transfer.ts';
import { SessionError } from '../utils/errors.ts';
import { serveJobs, withTransfer } from '../utils/worker-side.ts';
import { createCollector, type Notice } from './notices.ts';
import { listBuffers, type TrainAnswer, type TrainJob } from './train-job.ts';
import { openTrainStep, type TrainStep } from './train-step.ts';

const LOST = 'the thread that held the session was lost';

let step: TrainStep | undefined;

serveJobs<TrainJob, TrainAnswer>(async (job) => {
  if (job.kind === 'open') return open(job);
  if (job.kind === 'step') return run(job);
  if (job.kind === 'recycle') return recycle();
  await step?.release();
  step = undefined;
  return { kind: 'released' };
});

async function open({ source, options }: TrainJob & { kind: 'open' }): Promise<TrainAnswer> {
  const notices: Notice[] = [];
  step = await openTrainStep(source, { ...options, logger: createCollector(notices) });
  const { device, inputs, target, parameters } = step;
  return { kind: 'opened', device, inputs, target, parameters, weights: step.createWeights(), notices };
}

async function recycle(): Promise<TrainAnswer> {
  if (!step) throw new SessionError('cpu', LOST);
  await step.recycle();
  return { kind: 'recycled' };
}

/** A failure is handed back with the weights, which would be lost with a throw. */
async function run({ input }: TrainJob & { kind: 'step' }) {
  const { weights } = input;
  const answer = { kind: 'step', result: undefined, failure: undefined, weights } as const;
  const own = listBuffers(weights);
  try {
    if (!step) throw new SessionError('cpu', LOST);
    const result = await step.step(input);
    const made = listBuffers([...result.gradients, ...result.statistics]);
    return withTransfer<TrainAnswer>({ ...answer, result }, [...own, ...made]);
  } catch (error) {
    return withTransfer<TrainAnswer>({ ...answer, failure: packError(error) }, own);
  }
}
