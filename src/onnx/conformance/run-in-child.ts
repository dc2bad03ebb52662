import { type ChildProcess, fork } from 'node:child_process';
import { locateWorker } from '../../utils/package-files.ts';
import type { ConformanceAnswer, ConformanceJob } from './conformance-job.ts';

export interface ChildOptions {
  /** Milliseconds without a message after which the child is ended. */
  readonly patience: number;
  readonly signal?: AbortSignal | undefined;
  /** The program, where it is not that of the build. */
  readonly program?: URL | undefined;
  onAnswer(answer: ConformanceAnswer): void;
}

/** How a child ended: by itself, by a fault of its own, or by us as it said nothing any more. */
export type ChildEnd =
  | { readonly kind: 'done' }
  | { readonly kind: 'crashed'; readonly detail: string }
  | { readonly kind: 'timeout'; readonly detail: string };

const STDERR_LINES = 3;

/** Runs a job in a process of its own and hands on what it says. @throws the signal's reason; WorkerError without a build */
export async function runInChild(job: ConformanceJob, options: ChildOptions): Promise<ChildEnd> {
  const { patience, signal, onAnswer, program = locateWorker('onnx/conformance/conformance-worker') } = options;
  signal?.throwIfAborted();
  const child = fork(program, { execArgv: ['--expose-gc'], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const errors = collectErrors(child);
  let isDone = false;
  let isLate = false;
  const giveUp = () => {
    isLate = true;
    child.kill('SIGKILL');
  };
  let timer = setTimeout(giveUp, patience);
  child.on('message', (answer: ConformanceAnswer) => {
    clearTimeout(timer);
    timer = setTimeout(giveUp, patience);
    if (answer.kind === 'done') isDone = true;
    else onAnswer(answer);
  });
  const stop = () => child.kill('SIGKILL');
  signal?.addEventListener('abort', stop, { once: true });
  const ended = waitForEnd(child);
  child.send(job, () => undefined);
  try {
    const how = await ended;
    signal?.throwIfAborted();
    if (isDone) return { kind: 'done' };
    if (isLate) return { kind: 'timeout', detail: `nothing was heard of it for ${patience / 1000} s` };
    return { kind: 'crashed', detail: [how, ...errors()].join('; ') };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

function waitForEnd(child: ChildProcess): Promise<string> {
  return new Promise((done) => {
    child.once('error', (error) => done(error.message));
    child.once('close', (code, name) => done(name ? `ended by ${name}` : `ended with ${code}`));
  });
}

/** @returns its last lines on stderr, without Node's call stack */
function collectErrors(child: ChildProcess): () => string[] {
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-4096);
  });
  const isStack = (line: string) => /^(at |Node\.js v)/.test(line);
  return () =>
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !isStack(line))
      .slice(-STDERR_LINES);
}
