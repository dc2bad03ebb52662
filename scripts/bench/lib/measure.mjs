// How a child on our side measures itself, in the terms of the peers' scripts: user and system seconds of the process with
// its worker threads, VmHWM of the process, and one JSON line at the end.
import { readFileSync } from 'node:fs';

/**
 * Times `work`, which returns how many units it did or `{n, ...more}`, and prints the result line; `n` may be a function.
 * @param after what is looked at once the clock has stopped: more of the result line
 */
export async function measure({ name, unit, versions = {}, work, after = () => ({}) }) {
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  const { n: units, ...more } = asResult(await work());
  const used = process.cpuUsage(cpu);
  const wallS = (performance.now() - wall) / 1e3;
  const cpuS = (used.user + used.system) / 1e6;
  const peakMb = readPeakMb();
  const n = typeof units === 'function' ? units() : units;
  const line = {
    name,
    n,
    wall_s: round(wallS),
    cpu_s: round(cpuS),
    per_cpu_s: round(n / cpuS),
    peak_mb: peakMb,
    versions: { node: process.versions.node, ...versions },
    unit,
    ...more,
    ...(await after()),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function asResult(result) {
  return typeof result === 'number' ? { n: result } : result;
}

/** VmHWM until now where /proc says it; elsewhere the peak that the system counts, which a parent's can exceed. */
export function readPeakMb() {
  try {
    const kilobytes = /^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return Math.round(Number(kilobytes) / 102.4) / 10;
  } catch {
    return Math.round(process.resourceUsage().maxRSS / 102.4) / 10;
  }
}

function round(value) {
  return Math.round(value * 1e4) / 1e4;
}
