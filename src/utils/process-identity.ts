/**
 * Which process on which machine, told apart so that a lease of a dead process is known as such at once. A process number
 * alone is not enough: numbers are reused, and containers count for themselves. So `place` names host, boot and process
 * namespace, and `startTime` the moment the process began.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { getErrorCode } from './output-error.ts';

export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** Host, boot and process namespace; process numbers mean something only where it is equal. */
  readonly place: string;
  /** Clock ticks since boot; undefined where the system does not tell. */
  readonly startTime?: number | undefined;
}

export function getOwnIdentity(): ProcessIdentity {
  const host = hostname();
  const boot = attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()) ?? '';
  const namespace = attempt(() => readlinkSync('/proc/self/ns/pid')) ?? '';
  return {
    pid: process.pid,
    host,
    place: `${host} ${boot} ${namespace}`,
    startTime: readProcess(process.pid)?.startTime,
  };
}

/** Whether that process runs; undefined where it can't be looked up from here. */
export function isProcessAlive(other: ProcessIdentity, own: ProcessIdentity): boolean | undefined {
  if (other.place !== own.place) return undefined;
  if (!answersSignal(other.pid)) return false;
  const now = readProcess(other.pid);
  if (now === undefined) return true;
  return now.state !== 'Z' && (other.startTime === undefined || other.startTime === now.startTime);
}

function answersSignal(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return getErrorCode(error) === 'EPERM';
  }
}

/** State letter and start time: fields 3 and 22 of `/proc/PID/stat`; the name, field 2, may hold spaces and brackets. */
function readProcess(pid: number): { state: string; startTime: number } | undefined {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields ? { state: fields[0] ?? '', startTime: Number(fields[19]) } : undefined;
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
