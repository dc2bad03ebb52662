import { WorkerError } from '../utils/errors.ts';
import type { WorkerPool } from '../utils/worker-pool.ts';

/**
 * One job of a thread that holds a session: the pool has this thread alone.
 * @param transfer buffers of the job that move to the thread
 * @throws what the thread throws; WorkerError where it died
 */
export async function performJob<Job extends { readonly kind: string }, Answer>(
  pool: WorkerPool<Job, Answer>,
  job: Job,
  transfer: readonly ArrayBuffer[] = [],
): Promise<Answer> {
  const answers: Answer[] = [];
  let tries = 0;
  await pool.run([job], {
    getTransfer: () => {
      // A second try would be in a new thread, without the session, and what moved went with the first.
      if (++tries > 1 && job.kind !== 'open')
        throw new WorkerError('the thread of the model died', { hint: 'a training goes on from its last checkpoint' });
      return transfer;
    },
    onResult: (answer) => {
      answers.push(answer);
    },
  });
  const [answer] = answers;
  if (answer === undefined) throw new WorkerError('the thread of the model gave no answer');
  return answer;
}
