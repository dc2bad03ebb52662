/**
 * Ctrl-C for the command line. The first SIGINT or SIGTERM asks: the signal fires, the run finishes what is in hand and
 * keeps it. The second one insists: the process ends at once; what it leaves is taken up by the next run.
 */
import { constants } from 'node:os';
import { AbortedError } from './errors.ts';

export interface Interrupt extends Disposable {
  readonly signal: AbortSignal;
}

export interface InterruptOptions {
  /** Called with the first signal, to tell the user. */
  onFirst?: (name: NodeJS.Signals) => void;
  /** Ends the process; for tests. Default `process.exit`. */
  exit?: (code: number) => void;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Listens until it is disposed. */
export function listenForInterrupt(options: InterruptOptions = {}): Interrupt {
  const { onFirst, exit = process.exit } = options;
  const controller = new AbortController();
  const listener = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) return exit(128 + constants.signals[name]);
    onFirst?.(name);
    controller.abort(new AbortedError(`stopped by ${name}`, { hint: 'run the same command again to go on' }));
  };
  for (const name of SIGNALS) process.on(name, listener);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const name of SIGNALS) process.off(name, listener);
    },
  };
}
