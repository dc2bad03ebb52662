/**
 * The file behind a lease: created exclusively, read, judged, and removed by exactly one process.
 *
 * Why a takeover is safe. A plain "it is stale, so unlink it" has a hole: A and B both judge token T stale, A unlinks and
 * creates its own file, then B unlinks that. Renaming T away first has the same hole, as a rename takes whatever stands
 * there. So the right to remove the file *while it holds T* is itself a file, the guard `PATH.T`, created exclusively:
 *
 * 1. A file that holds T is removed only by the process that holds guard T, after reading T once more under the guard.
 *    No other process can remove it between that reading and the unlink, so what is unlinked held T. A late B finds
 *    another token under its guard and goes away. The owner's release takes the same way.
 * 2. A guard is removed by its owner, or, when its owner died holding it, under the guard's own guard (`PATH.T.G`), by the
 *    same rule. On one machine "died" is a fact, looked up by process number and start time; age never counts for it.
 * 3. A new file is created by link(2) or O_EXCL, which fail where there is one: one file has one creator. All who see no file race for that, and one wins.
 *
 * What remains outside the proof: a process of *another* machine that stands still for longer than the stale time between
 * two system calls of a removal. No lock made of files can exclude that; `Lease.signal` reports it afterwards.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createTemporaryPath } from './atomic-file.ts';
import { getErrorCode } from './output-error.ts';
import { isProcessAlive, type ProcessIdentity } from './process-identity.ts';

export interface Holder extends ProcessIdentity {
  /** Unique to one creation of one file. */
  readonly token: string;
  /** Milliseconds since the last heartbeat. */
  readonly age: number;
}

/** Who judges, and the age in milliseconds from which a file is stale that can't be judged otherwise. */
export interface Judge {
  readonly own: ProcessIdentity;
  readonly staleMs: number;
}

/** Token of a file that says nothing: damaged, or its creator is between `createDirectly`'s two steps, or died there. */
const UNWRITTEN = 'unwritten';

/** What link(2) says on file systems that have no hard links. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/**
 * Creates the file with this process as its holder. Its token, or undefined when there is one already. The content is
 * written under a temporary name and linked, so no process that dies here leaves a lease that says nothing.
 */
export function createExclusive(path: string, own: ProcessIdentity): string | undefined {
  const token = randomBytes(8).toString('hex');
  const content = `${JSON.stringify({ ...own, token })}\n`;
  const temporary = createTemporaryPath(dirname(path));
  try {
    writeFileSync(temporary, content, { flag: 'wx' });
    linkSync(temporary, path);
    return token;
  } catch (error) {
    const code = getErrorCode(error) ?? '';
    // A network share may repeat a link that it has done, and then say EEXIST.
    if (code === 'EEXIST' && readHolder(path)?.token === token) return token;
    // ENOENT: the folder's holder has just swept our temporary file. It holds the folder, so this is the same answer.
    if (code === 'EEXIST' || (code === 'ENOENT' && existsSync(dirname(path)))) return undefined;
    if (!NO_LINKS.includes(code)) throw error;
    return createDirectly(path, content) ? token : undefined;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** For file systems without hard links: O_EXCL, then the content. */
function createDirectly(path: string, content: string): boolean {
  try {
    writeFileSync(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (getErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Who holds the file, or undefined when there is none. Content and age are of one file, even when it is replaced. */
export function readHolder(path: string): Holder | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if (getErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const age = Date.now() - fstatSync(file).mtimeMs;
    return { ...parseHolder(readFileSync(file, 'utf8')), age };
  } finally {
    closeSync(file);
  }
}

/** A lease is stale when its process is gone, or when its heartbeat stopped for longer than `staleMs`. */
export function isStale(holder: Holder, judge: Judge): boolean {
  return isProcessAlive(holder, judge.own) === false || holder.age > judge.staleMs;
}

/** Removes the file if it still holds `token` and no other process is about to do so. Call it again until it is gone. */
export function removeHolder(path: string, token: string, judge: Judge): void {
  const guard = `${path}.${token}`;
  if (createExclusive(guard, judge.own) === undefined) {
    const other = readHolder(guard);
    if (other && isGuardDead(other, judge)) removeHolder(guard, other.token, judge);
    return;
  }
  try {
    const now = readHolder(path);
    // "unwritten" is not unique: the file may be a new one, just being written.
    if (now?.token === token && (token !== UNWRITTEN || isStale(now, judge))) unlinkSync(path);
  } finally {
    unlinkSync(guard);
  }
}

/** Removes the guards that dead processes left beside `path`. */
export function sweepGuards(path: string, judge: Judge): void {
  for (const name of readdirSync(dirname(path))) {
    if (!name.startsWith(`${basename(path)}.`)) continue;
    const guard = join(dirname(path), name);
    const holder = readHolder(guard);
    if (holder && isGuardDead(holder, judge)) removeHolder(guard, holder.token, judge);
  }
}

/** A guard is held for microseconds and has no heartbeat: its age counts only where its process can't be looked up. */
function isGuardDead(holder: Holder, judge: Judge): boolean {
  const alive = isProcessAlive(holder, judge.own);
  return alive === undefined ? holder.age > judge.staleMs : !alive;
}

function parseHolder(text: string): ProcessIdentity & { token: string } {
  try {
    const { pid, host, place, startTime, token } = JSON.parse(text) as Record<string, unknown>;
    if (typeof pid === 'number' && typeof host === 'string' && typeof place === 'string' && typeof token === 'string')
      if (/^[0-9a-f]{16}$/.test(token))
        return { pid, host, place, token, startTime: typeof startTime === 'number' ? startTime : undefined };
  } catch {
    // Not JSON: the same as JSON that says nothing.
  }
  return { pid: 0, host: 'an unknown process', place: '', token: UNWRITTEN };
}
