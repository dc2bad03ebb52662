import { constants, copyFile, link, readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeFileAtomic } from '../../utils/atomic-file.ts';
import { isSlideloomError } from '../../utils/errors.ts';
import { acquireLease, type Lease } from '../../utils/lease.ts';
import { getErrorCode, toOutputError } from '../../utils/output-error.ts';
import { RequestError } from '../problem.ts';
import {
  checkFolders,
  createETag,
  type DrawingFile,
  type DrawingPlace,
  getDrawingFolder,
  getDrawingPath,
  readDrawing,
} from './drawing-file.ts';

/** What the client believes to stand there: the ETag of the file, or that there is none. */
export type Expected = { readonly etag: string } | 'nothing';

export interface SavedDrawing {
  readonly etag: string;
  /** Whether there was none before. */
  readonly created: boolean;
  /** Earlier versions that lie beside it. */
  readonly earlier: number;
}

/** How often a folder is asked for that another process is just saving into, and milliseconds between. */
const ATTEMPTS = 20;
const PAUSE = 100;

/**
 * Writes a drawing in place of the one that the client started from. That one stays beside it, as NAME.N.geojson with the next free
 * N; the same bytes again are no new version. The folder's lease keeps other processes out meanwhile, and at every moment a whole
 * drawing stands under its name.
 * @throws RequestError 412 where another one stands there by now, 403 where a link leads elsewhere; OutputError, OutputInUseError
 */
export async function saveDrawing(place: DrawingPlace, text: string, expected: Expected): Promise<SavedDrawing> {
  // Before the lease, which makes folders.
  await checkFolders(place);
  await using lease = await waitForLease(getDrawingFolder(place));
  const current = await readDrawing(place);
  if (current ? expected === 'nothing' || expected.etag !== current.etag : expected !== 'nothing')
    throw new RequestError(412, current ? 'somebody else has saved this drawing meanwhile' : 'the drawing has gone');
  const etag = createETag(text);
  const kept = await listEarlier(place);
  if (current?.etag === etag) return { etag, created: false, earlier: kept.length };
  const earlier = current ? await keepEarlier(place, current, kept) : kept.length;
  lease.signal.throwIfAborted();
  await writeFileAtomic(getDrawingPath(place), text, { fsync: true });
  return { etag, created: !current, earlier };
}

/** Another save takes milliseconds: it is worth waiting for. */
async function waitForLease(folder: string): Promise<Lease> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await acquireLease(folder);
    } catch (error) {
      if (attempt === ATTEMPTS || !isSlideloomError(error, 'output-in-use')) throw error;
    }
    await sleep(PAUSE);
  }
}

/** Numbers of the versions that are there, rising. */
async function listEarlier(place: DrawingPlace): Promise<number[]> {
  const pattern = new RegExp(`^${place.name}\\.([1-9]\\d{0,8})\\.geojson$`);
  const names = await readdir(getDrawingFolder(place));
  return names
    .flatMap((name) => pattern.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/** @returns how many earlier versions there are then @throws OutputError */
async function keepEarlier(place: DrawingPlace, current: DrawingFile, kept: readonly number[]): Promise<number> {
  const last = kept.at(-1);
  // Kept already by a save that ended before it wrote.
  if (last !== undefined && current.bytes.equals(await readFile(getDrawingPath(place, last)))) return kept.length;
  const target = getDrawingPath(place, (last ?? 0) + 1);
  try {
    await link(getDrawingPath(place), target).catch((error: unknown) => copyInstead(error, place, target));
  } catch (cause) {
    throw toOutputError(target, cause);
  }
  return kept.length + 1;
}

/** For file systems without hard links. */
async function copyInstead(error: unknown, place: DrawingPlace, target: string): Promise<void> {
  if (getErrorCode(error) === 'EEXIST') throw error;
  await copyFile(getDrawingPath(place), target, constants.COPYFILE_EXCL);
}
