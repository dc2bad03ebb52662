/**
 * Resident memory of this process, now and at its highest, in bytes.
 *
 * On Linux the kernel keeps the peak (`VmHWM`), and writing 5 to `/proc/self/clear_refs` starts it anew, so every stage
 * has its own. `process.resourceUsage().maxRSS` is not used: a child inherits its parent's value. Elsewhere a timer looks
 * every 5 ms and the result says `sampled: true`: a short peak may be missed.
 */
import { readFileSync, writeFileSync } from 'node:fs';

export interface MemoryReading {
  readonly currentBytes: number;
  readonly peakBytes: number;
  /** The peak was sampled by a timer, not kept by the kernel. */
  readonly sampled: boolean;
}

/** Watches from its creation to its disposal. One at a time: a second one restarts the kernel's peak for both. */
export interface MemoryMonitor extends Disposable {
  read(): MemoryReading;
}

const SAMPLE_INTERVAL = 5;

export function createMemoryMonitor(): MemoryMonitor {
  if (readStatus() === undefined) return new SampledMonitor();
  resetPeak();
  return { read: () => readStatus() ?? sampleOnce(), [Symbol.dispose]() {} };
}

/** Starts the kernel's peak anew; where the system forbids it, the peak goes on as it was. */
function resetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {}
}

class SampledMonitor implements MemoryMonitor {
  #peak = process.memoryUsage.rss();
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#timer = setInterval(() => this.read(), SAMPLE_INTERVAL);
    this.#timer.unref();
  }

  read(): MemoryReading {
    const currentBytes = process.memoryUsage.rss();
    this.#peak = Math.max(this.#peak, currentBytes);
    return { currentBytes, peakBytes: this.#peak, sampled: true };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

function sampleOnce(): MemoryReading {
  const rss = process.memoryUsage.rss();
  return { currentBytes: rss, peakBytes: rss, sampled: true };
}

function readStatus(): MemoryReading | undefined {
  try {
    const status = readFileSync('/proc/self/status', 'latin1');
    const currentBytes = findKilobytes(status, 'VmRSS');
    const peakBytes = findKilobytes(status, 'VmHWM');
    return currentBytes && peakBytes ? { currentBytes, peakBytes, sampled: false } : undefined;
  } catch {
    return undefined;
  }
}

/** The kernel prints "kB" and means KiB. */
function findKilobytes(status: string, field: string): number | undefined {
  const match = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status);
  return match ? Number(match[1]) * 1024 : undefined;
}
