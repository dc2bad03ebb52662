import { SessionError, WorkerError } from '../utils/errors.ts';
import { locateWorker } from '../utils/package-files.ts';
import { createPool, type WorkerPool } from '../utils/worker-pool.ts';

/** What a thread is told, or answers: plain data by its kind. */
export interface Message {
  readonly kind: string;
}

/** Ends what the thread has loaded; it answers `done`. */
export interface ReleaseJob {
  readonly kind: 'release';
}

/** A thread that holds sessions. It starts with its first job, and does one after another. */
export class SessionThread<Job extends Message> {
  readonly #pool: WorkerPool<Job | ReleaseJob, Message>;
  #open = true;

  /** @param worker its file without an ending, such as `onnx/train-worker` */
  constructor(worker: string) {
    this.#pool = createPool({ entry: locateWorker(worker), size: 1 });
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /**
   * Gives the thread a job.
   * @param kind of the answer
   * @param transfer buffers of the job that move to the thread
   * @throws what the thread throws; SessionError once it is closed; WorkerError where it died
   */
  async ask<Answer extends Message>(
    job: Job | ReleaseJob,
    kind: Answer['kind'],
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<Answer> {
    if (!this.#open) throw new SessionError('cpu', 'the session is released');
    const answers: Message[] = [];
    let tries = 0;
    await this.#pool.run([job], {
      getTransfer: () => {
        // A second try would be in a new thread, without the session, and what moved went with the first.
        if (++tries > 1 && job.kind !== 'open')
          throw new WorkerError('the thread of the model died', {
            hint: 'a training goes on from its last checkpoint',
          });
        return transfer;
      },
      onResult: (answer) => {
        answers.push(answer);
      },
    });
    const [answer] = answers;
    if (answer?.kind !== kind) throw new WorkerError(`the thread of the model answered ${answer?.kind ?? 'nothing'}`);
    return answer as Answer;
  }

  /** Lets go what it holds, and ends the thread. May be called twice. */
  async release(): Promise<void> {
    if (!this.#open) return;
    try {
      await this.ask({ kind: 'release' }, 'done');
    } finally {
      await this.close();
    }
  }

  /** Ends the thread, with whatever it holds. May be called twice. */
  close(): Promise<void> {
    this.#open = false;
    return this.#pool.close();
  }
}
