/** The thread of one trainer: it holds the session, and with it the weights. */
import { withTransfer } from '../../utils/worker-side.ts';
import { serveTraining } from '../serve-training.ts';
import { listBuffers } from '../train-job.ts';
import { openTrainer } from './open-trainer.ts';
import type { Trainer } from './trainer.ts';
import type { LearnedAnswer, SavedAnswer, TrainerJob } from './trainer-job.ts';

serveTraining(openTrainer, async (job: TrainerJob, getTrainer) => {
  const trainer = getTrainer();
  switch (job.kind) {
    case 'load':
      await trainer.load(job.state);
      return { kind: 'done' };
    case 'learn':
      return { kind: 'learned', results: await trainer.learn(job.batch, job.flush) } satisfies LearnedAnswer;
    case 'flush':
      return { kind: 'learned', results: await trainer.flush() } satisfies LearnedAnswer;
    case 'save':
      return save(trainer);
  }
});

async function save(from: Trainer) {
  const state = await from.save();
  const maps = [state.weights, ...Object.values(state.slots)];
  return withTransfer<SavedAnswer>({ kind: 'saved', state }, listBuffers(maps.flatMap((map) => [...map])));
}
