import { writeCheckpoint } from '../checkpoints/write-checkpoint.ts';
import { createCheckpoint } from './run-state.ts';
import { settleState } from './settle-state.ts';
import { getLastPath, type Training } from './training.ts';

/** Writes where the training stands, between two steps of its optimiser. @throws OutputError, TrainingError */
export async function saveLast(training: Training): Promise<void> {
  await settleState(training);
  await writeCheckpoint(getLastPath(training), createCheckpoint(training.state, training.checkpoint));
}
