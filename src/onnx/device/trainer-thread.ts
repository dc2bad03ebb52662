import { openTrainSession, TrainSession } from '../train-session.ts';
import type { Trainer, TrainerBatch, TrainerOptions, TrainerResult, TrainerState } from './trainer.ts';
import type { LearnedAnswer, SavedAnswer, TrainerJob } from './trainer-job.ts';

/**
 * As `openTrainer`, in a thread of its own: the caller's thread stays free while a step computes. Batches and states are copied
 * there, so that the caller's arrays may be filled again at once.
 * @throws what `openTrainer` throws; WorkerError where the library is not built, or the thread died
 */
export async function openTrainerThread(source: string | Uint8Array, options: TrainerOptions): Promise<Trainer> {
  const { logger, ...plain } = options;
  return new ThreadTrainer(await openTrainSession('onnx/device/trainer-worker', { source, options: plain, logger }));
}

class ThreadTrainer extends TrainSession<TrainerJob> implements Trainer {
  async load(state: TrainerState): Promise<void> {
    await this.thread.ask({ kind: 'load', state }, 'done');
  }

  async learn(batch: TrainerBatch, flush = false): Promise<readonly TrainerResult[]> {
    return (await this.thread.ask<LearnedAnswer>({ kind: 'learn', batch, flush }, 'learned')).results;
  }

  async flush(): Promise<readonly TrainerResult[]> {
    return (await this.thread.ask<LearnedAnswer>({ kind: 'flush' }, 'learned')).results;
  }

  async save(): Promise<TrainerState> {
    return (await this.thread.ask<SavedAnswer>({ kind: 'save' }, 'saved')).state;
  }
}
