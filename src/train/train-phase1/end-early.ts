import { AbortedError, isSlideloomError } from '../../utils/errors.ts';
import type { RunState } from './run-state.ts';
import { saveLast } from './save-last.ts';
import { settleState } from './settle-state.ts';
import { LAST_NAME, type Training } from './training.ts';

/**
 * Ends an epoch that `error` has ended. Where the caller asks for an end, the state is kept first; so is the state before a batch
 * without numbers. Where the folder was lost to another run, nothing is written.
 * @throws AbortedError where the caller asked for it, else `error`
 */
export async function endEarly(training: Training, epoch: number, error: unknown): Promise<never> {
  const { signal, state, settings } = training;
  const reason: unknown = signal.reason;
  if (signal.aborted && isSlideloomError(reason, 'output', 'output-in-use')) throw reason;
  // Behind the last batch an epoch is judged: there is no state to keep before that is done.
  const isWhole = state.next.epoch === epoch && (training.learner.sum?.batches ?? 0) === 0;
  if (!signal.aborted) {
    if (isWhole && isSlideloomError(error, 'training')) await keepNumbers(training);
    throw error;
  }
  if (isWhole) await saveLast(training);
  settings.logger?.notice(`${LAST_NAME} holds where the training stands: --resume goes on with it`);
  if (isSlideloomError(reason, 'aborted')) throw reason;
  throw new AbortedError('the training was stopped', { cause: reason, hint: 'resume goes on where it stands' });
}

/** A checkpoint that holds what is no number would take the place of one that is good. */
async function keepNumbers(training: Training): Promise<void> {
  try {
    await settleState(training);
    if (!holdsNumbers(training.state)) return;
    await saveLast(training);
    training.settings.logger?.notice(`${LAST_NAME} holds the state before this batch`);
  } catch {
    // The checkpoint before it is still there, and the batch is what has to be told of.
  }
}

function holdsNumbers({ weights, optimizer, average }: RunState): boolean {
  const maps = [weights, ...Object.values(optimizer.slots), average?.weights ?? new Map<string, Float32Array>()];
  return maps.every((map) => [...map.values()].every((values) => values.every(Number.isFinite)));
}
