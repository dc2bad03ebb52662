import { AbortedError, isSlideloomError } from '../../utils/errors.ts';
import type { RunState } from './run-state.ts';
import { saveLast } from './save-last.ts';
import { settleState } from './settle-state.ts';
import { returnToStepStart } from './step-start.ts';
import { LAST_NAME, type Training } from './training.ts';

/**
 * Ends an epoch that `error` has ended. Where the caller asks for an end, the state is kept first, as it was before the step under
 * way; so is the state before a batch without numbers. Where the folder was lost to another run, nothing is written.
 * @throws AbortedError where the caller asked for it, else `error`
 */
export async function endEarly(training: Training, error: unknown): Promise<never> {
  const { signal, settings } = training;
  const reason: unknown = signal.reason;
  if (signal.aborted && isSlideloomError(reason, 'output', 'output-in-use')) throw reason;
  if (!signal.aborted) {
    if (isSlideloomError(error, 'training')) await keepNumbers(training);
    throw error;
  }
  returnToStepStart(training.state, training.learner);
  await saveLast(training);
  settings.logger?.notice(`${LAST_NAME} holds where the training stands: --resume goes on with it`);
  if (isSlideloomError(reason, 'aborted')) throw reason;
  throw new AbortedError('the training was stopped', { cause: reason, hint: 'resume goes on where it stands' });
}

/** A checkpoint that holds what is no number would take the place of one that is good. */
async function keepNumbers(training: Training): Promise<void> {
  try {
    returnToStepStart(training.state, training.learner);
    await settleState(training);
    if (!holdsNumbers(training.state)) return;
    await saveLast(training);
    training.settings.logger?.notice(`${LAST_NAME} holds the state before this step`);
  } catch {
    // The checkpoint before it is still there, and the batch is what has to be told of.
  }
}

function holdsNumbers({ weights, optimizer, average }: RunState): boolean {
  const maps = [weights, ...Object.values(optimizer.slots), average?.weights ?? new Map<string, Float32Array>()];
  return maps.every((map) => [...map.values()].every((values) => values.every(Number.isFinite)));
}
