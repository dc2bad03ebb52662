import { resolve } from 'node:path';
import { throwIfAborted } from '../utils/abort.ts';
import { sweepTemporary } from '../utils/atomic-file.ts';
import { acquireLease } from '../utils/lease.ts';

/** The folder of a run over many slides, while this process has it. */
export interface RunFolder extends AsyncDisposable {
  /** Absolute. */
  readonly out: string;
  /** Fires when the caller stops the run, and when another process has taken the folder over. */
  readonly signal: AbortSignal;
  /** Before what sums up the run is written, which a caller who stops it late still gets. @throws where the folder was lost */
  checkHeld(): void;
}

/** Takes the folder and removes what a run that was killed left half-written. @throws OutputInUseError, OutputError */
export async function openRunFolder(folder: string, signal: AbortSignal | undefined): Promise<RunFolder> {
  const out = resolve(folder);
  const lease = await acquireLease(out);
  try {
    await sweepTemporary(out);
  } catch (error) {
    await lease.release();
    throw error;
  }
  return {
    out,
    signal: signal ? AbortSignal.any([signal, lease.signal]) : lease.signal,
    checkHeld: () => throwIfAborted(lease.signal),
    [Symbol.asyncDispose]: () => lease.release(),
  };
}
