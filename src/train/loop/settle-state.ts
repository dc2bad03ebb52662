import { ResidentEngine } from '../engines/resident-engine.ts';
import { addToSums } from './run-state.ts';
import type { Training } from './training.ts';

/**
 * Fetches weights and optimiser from a device that has gone on without the state: needed before anybody looks at them.
 * @throws TrainingError, SessionError
 */
export async function settleState({ engine, state }: Pick<Training, 'engine' | 'state'>): Promise<void> {
  if (engine instanceof ResidentEngine) addToSums(state, await engine.settle(state));
}
