// A server of tiles as a child process, and what it costs: read from /proc, the same way for every side.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { BenchError } from './alternate.mjs';

/** Of /proc/PID/stat: USER_HZ, which is 100 on every Linux that runs Node. */
const TICKS = 100;

/**
 * Starts a command that prints a line `{url, versions}` once it listens.
 * @param channel whether it answers messages, as ours does
 */
export async function startTileServer([command, ...args], { channel = false } = {}) {
  const stdio = ['ignore', 'pipe', 'inherit', ...(channel ? ['ipc'] : [])];
  const child = spawn(command, args, { stdio });
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([once(lines, 'line'), once(child, 'close').then(() => [])]);
  if (first[0] === undefined) throw new BenchError(`${args[0]} ended before it served anything`);
  const { url, versions } = JSON.parse(first[0]);
  return {
    ...{ url, versions },
    getUsage: () => readUsage(child.pid),
    async ask() {
      const answer = once(child, 'message');
      child.send('');
      return (await answer)[0];
    },
    async stop() {
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}

/** Seconds of user and system time of all its threads, and its memory now and at most. */
function readUsage(pid) {
  const [, rest] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const fields = rest.split(' ');
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const readMb = (name) => Math.round(Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 102.4) / 10;
  return {
    cpu_s: (Number(fields[11]) + Number(fields[12])) / TICKS,
    rss_mb: readMb('VmRSS'),
    peak_mb: readMb('VmHWM'),
  };
}
