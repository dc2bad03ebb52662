import { hostname } from 'node:os';
import { isSlideloomError } from './errors.ts';
import { createMemoryMonitor } from './peak-memory.ts';
import type { RunRecord } from './record-schemas.ts';

/** Times and memory of a run, from when it is made on. */
export interface RunClock extends Disposable {
  /** What differs between two runs of the same work; `ended` with how long it took. */
  measure(ended: boolean): RunRecord['volatile'];
}

export function createRunClock(resumedFrom?: RunRecord['volatile']['resumedFrom']): RunClock {
  const memory = createMemoryMonitor();
  const startedAt = new Date().toISOString();
  const clock = performance.now();
  const before = process.cpuUsage();
  const began = { startedAt, host: hostname(), node: process.version, pid: process.pid };
  const base = { ...began, ...(resumedFrom ? { resumedFrom } : {}) };
  return {
    measure(ended) {
      if (!ended) return base;
      const cpu = process.cpuUsage(before);
      const { peakBytes, sampled } = memory.read();
      return {
        ...base,
        endedAt: new Date().toISOString(),
        wallSeconds: (performance.now() - clock) / 1000,
        cpuSeconds: (cpu.user + cpu.system) / 1e6,
        peakMemoryBytes: peakBytes,
        peakMemorySampled: sampled,
      };
    },
    [Symbol.dispose]: () => memory[Symbol.dispose](),
  };
}

/** What a record says of the error that ended a run. */
export function describeRunError(error: unknown): NonNullable<RunRecord['error']> {
  if (isSlideloomError(error)) {
    const { tag, message, hint } = error;
    return hint === undefined ? { tag, message } : { tag, message, hint };
  }
  return { tag: 'unexpected', message: error instanceof Error ? error.message : String(error) };
}
