/** The thread of one model that is loaded for inference: it holds the session, so that the main thread never waits for a run. */
import { SessionError } from '../utils/errors.ts';
import { serveJobs, withTransfer } from '../utils/worker-side.ts';
import type { ForwardAnswer, ForwardJob } from './forward-job.ts';
import { createCollector, type Notice } from './notices.ts';
import { type Forward, openForward } from './open-forward.ts';

let forward: Forward | undefined;

serveJobs<ForwardJob, ForwardAnswer>(async (job) => {
  if (job.kind === 'open') return open(job);
  if (job.kind === 'run') return run(job);
  await forward?.release();
  forward = undefined;
  return { kind: 'released' };
});

async function open({ source, options }: ForwardJob & { kind: 'open' }): Promise<ForwardAnswer> {
  const notices: Notice[] = [];
  forward = await openForward(source, { ...options, logger: createCollector(notices) });
  const { device, inputNames, outputNames } = forward;
  return { kind: 'opened', device, inputNames, outputNames, notices };
}

async function run({ inputs, outputs }: ForwardJob & { kind: 'run' }) {
  if (!forward) throw new SessionError('cpu', 'the thread that held the session was lost');
  const results = await forward.run(inputs, outputs);
  const buffers = [...results.values()].flatMap(({ data }) => (data.buffer instanceof ArrayBuffer ? data.buffer : []));
  return withTransfer<ForwardAnswer>({ kind: 'ran', results }, [...new Set(buffers)]);
}
