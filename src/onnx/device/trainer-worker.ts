/** The thread of one trainer: it holds the session, and with it the weights. */
import { SessionError } from '../../utils/errors.ts';
import { serveJobs, withTransfer } from '../../utils/worker-side.ts';
import { createCollector, type Notice } from '../notices.ts';
import { listBuffers } from '../train-job.ts';
import { openTrainer } from './open-trainer.ts';
import type { Trainer } from './trainer.ts';
import type { TrainerAnswer, TrainerJob } from './trainer-job.ts';

let trainer: Trainer | undefined;

serveJobs<TrainerJob, TrainerAnswer>(async (job) => {
  if (job.kind === 'open') return open(job);
  if (!trainer) throw new SessionError('cpu', 'the thread that held the session was lost');
  switch (job.kind) {
    case 'load':
      await trainer.load(job.state);
      return { kind: 'done' };
    case 'learn':
      return { kind: 'learned', results: await trainer.learn(job.batch, job.flush) };
    case 'flush':
      return { kind: 'learned', results: await trainer.flush() };
    case 'save':
      return save(trainer);
    default:
      await trainer[job.kind]();
      return { kind: 'done' };
  }
});

async function open({ source, options }: TrainerJob & { kind: 'open' }): Promise<TrainerAnswer> {
  const notices: Notice[] = [];
  trainer = await openTrainer(source, { ...options, logger: createCollector(notices) });
  const { device, inputs, target, parameters } = trainer;
  return { kind: 'opened', device, inputs, target, parameters, weights: trainer.createWeights(), notices };
}

async function save(from: Trainer) {
  const state = await from.save();
  const maps = [state.weights, ...Object.values(state.slots)];
  return withTransfer<TrainerAnswer>({ kind: 'saved', state }, listBuffers(maps.flatMap((map) => [...map])));
}
