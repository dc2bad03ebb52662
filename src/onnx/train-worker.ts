/** The thread of one train step. */
import { packError } from '../utils/error-transfer.ts';
import { withTransfer } from '../utils/worker-side.ts';
import { serveTraining } from './serve-training.ts';
import { listBuffers, type StepAnswer, type StepJob } from './train-job.ts';
import { openTrainStep, type TrainStep } from './train-step.ts';

serveTraining(openTrainStep, run);

/** A failure is handed back with the weights, which would be lost with a throw. */
async function run({ input }: StepJob, getStep: () => TrainStep) {
  const { weights } = input;
  const answer = { kind: 'step', result: undefined, failure: undefined, weights } as const;
  const own = listBuffers(weights);
  try {
    const result = await getStep().step(input);
    const made = listBuffers([...result.gradients, ...result.statistics]);
    return withTransfer<StepAnswer>({ ...answer, result }, [...own, ...made]);
  } catch (error) {
    return withTransfer<StepAnswer>({ ...answer, failure: packError(error) }, own);
  }
}
