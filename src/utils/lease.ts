/**
 * One process at a time in an output folder. The holder's file `.slideloom-lease` says who it is, and its modification
 * time is a heartbeat. A holder that was killed on this machine is replaced at once; one of another machine when its
 * heartbeat is older than 30 s, which needs clocks that agree within some 20 s.
 */
import { mkdirSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { OutputError, OutputInUseError, type SlideloomError } from './errors.ts';
import {
  createExclusive,
  type Holder,
  isStale,
  type Judge,
  readHolder,
  removeHolder,
  sweepGuards,
} from './lease-file.ts';
import { trackOpen } from './open-handles.ts';
import { getErrorCode, toOutputError } from './output-error.ts';
import { getOwnIdentity } from './process-identity.ts';

export interface LeaseOptions {
  /** Milliseconds between two heartbeats. Default 5000. */
  heartbeatMs?: number;
  /** Milliseconds without a heartbeat after which another process may take over. Default 30000. */
  staleMs?: number;
}

export interface Lease extends AsyncDisposable {
  readonly folder: string;
  readonly token: string;
  /**
   * Fires when the lease is lost: this process stood still for so long that another took over, or the folder vanished.
   * Whoever writes into the folder stops then.
   */
  readonly signal: AbortSignal;
  /** Gives the folder free; removes this lease's own file only. May be called twice. */
  release(): Promise<void>;
}

export const LEASE_NAME = '.slideloom-lease';

/** Attempts at removing a stale file, a few milliseconds apart, while other processes try the same. */
const ATTEMPTS = 500;

/** What a file system without room says. */
const DISK_FULL = ['ENOSPC', 'EDQUOT'];

/** Takes the folder, which is made when missing. @throws OutputInUseError where a live process has it; OutputError */
export async function acquireLease(folder: string, options: LeaseOptions = {}): Promise<Lease> {
  const { heartbeatMs = 5000, staleMs = 30_000 } = options;
  const judge: Judge = { own: getOwnIdentity(), staleMs };
  const path = join(folder, LEASE_NAME);
  try {
    mkdirSync(folder, { recursive: true });
    const token = await takeFile(folder, path, judge);
    sweepGuards(path, judge);
    return new FileLease({ folder, path, token, judge, heartbeatMs });
  } catch (cause) {
    throw cause instanceof OutputInUseError ? cause : toOutputError(folder, cause);
  }
}

async function takeFile(folder: string, path: string, judge: Judge): Promise<string> {
  for (let attempt = 0; ; attempt++) {
    const token = createExclusive(path, judge.own);
    if (token !== undefined) return token;
    const holder = readHolder(path);
    if (attempt >= ATTEMPTS || (holder && !isStale(holder, judge)))
      throw new OutputInUseError(folder, holder ? describeHolder(holder) : 'processes that come and go');
    if (holder) removeHolder(path, holder.token, judge);
    if (attempt > 0) await sleep(1 + Math.random() * 4);
  }
}

interface FileLeaseState {
  readonly folder: string;
  readonly path: string;
  readonly token: string;
  readonly judge: Judge;
  readonly heartbeatMs: number;
}

class FileLease implements Lease {
  readonly folder: string;
  readonly token: string;
  readonly #state: FileLeaseState;
  readonly #lost = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #untrack: () => void;
  #lastBeat = Date.now();
  #released = false;

  constructor(state: FileLeaseState) {
    this.#state = state;
    this.folder = state.folder;
    this.token = state.token;
    this.#timer = setInterval(() => this.#beat(), state.heartbeatMs);
    this.#timer.unref();
    this.#untrack = trackOpen(this, 'lease', state.folder);
  }

  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    clearInterval(this.#timer);
    this.#untrack();
    const { path, token, judge } = this.#state;
    try {
      for (let attempt = 0; attempt < ATTEMPTS && readHolder(path)?.token === token; attempt++) {
        removeHolder(path, token, judge);
        if (attempt > 0) await sleep(2);
      }
    } catch (cause) {
      // No room for the guard of a removal. This process lives and holds the lease, so nobody else is about to remove it.
      if (!DISK_FULL.includes(getErrorCode(cause) ?? '') || readHolder(path)?.token !== token)
        throw toOutputError(path, cause);
      rmSync(path, { force: true });
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  /** A fault that passes (a network share that hangs) is borne until others may take over. */
  #beat(): void {
    const { folder, path, token, judge } = this.#state;
    try {
      const holder = readHolder(path);
      if (holder?.token === token) {
        const now = new Date();
        utimesSync(path, now, now);
        this.#lastBeat = now.getTime();
      } else if (holder) this.#lose(new OutputInUseError(folder, describeHolder(holder)));
      else this.#lose(new OutputError(path, 'the lease was deleted during the run'));
    } catch (cause) {
      if (Date.now() - this.#lastBeat > judge.staleMs) this.#lose(toOutputError(path, cause));
    }
  }

  #lose(reason: SlideloomError): void {
    clearInterval(this.#timer);
    this.#lost.abort(reason);
  }
}

function describeHolder(holder: Holder): string {
  if (holder.pid === 0) return `a process that has not said its name, ${Math.ceil(holder.age / 1000)} s ago`;
  return `process ${holder.pid} on ${holder.host}, last seen ${Math.max(0, Math.round(holder.age / 1000))} s ago`;
}
