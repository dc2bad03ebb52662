import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { throwIfAborted } from '../../utils/abort.ts';
import { getErrorCode, toOutputError } from '../../utils/output-error.ts';
import { readAhead } from '../../utils/read-ahead.ts';
import { type ExportPart, listPaths } from './export-part.ts';
import type { ExportedTile, PartRecord } from './export-record.ts';
import { AnswerError } from './inside-server.ts';
import { measureFiles } from './measure-part.ts';
import { type FileBatch, openPartial, removePartial } from './open-partial.ts';
import type { ExportBadTiles } from './options.ts';

export interface PartRun {
  /** The export's folder. */
  readonly out: string;
  /** What a file holds. @throws AnswerError */
  readonly read: (path: string) => Promise<Uint8Array>;
  /** Files under way at once: so many are in memory. */
  readonly ahead: number;
  readonly onBadTile: ExportBadTiles;
  readonly signal: AbortSignal;
  /** So many more files are done with. */
  readonly onFiles: (count: number) => void;
}

/** Files that are noted together: what a killed run makes again, at most. */
const BATCH = 256;

/**
 * Makes a part aside and puts it into its place, where an older one goes. A run that was stopped goes on.
 * @throws OutputError, AbortedError; AnswerError for what can't be read
 */
export async function writePart(part: ExportPart, run: PartRun): Promise<PartRecord> {
  const { content, made } = await makeFiles(part, run);
  await putInPlace(content, join(run.out, part.path));
  await removePartial(run.out);
  return { path: part.path, key: part.key, ...made };
}

async function makeFiles(part: ExportPart, run: PartRun): Promise<{ content: string; made: FileBatch }> {
  using partial = await openPartial(run.out, part);
  const { content } = partial;
  const locate = (path: string) => content + path.slice(part.path.length);
  const badTiles: ExportedTile[] = [];
  let [index, files, bytes] = [0, 0, 0];
  for (const paths of takeBatches(part)) {
    throwIfAborted(run.signal);
    const known = partial.finished.get(index);
    const whole = known && isComplete(known, run.onBadTile) && (await isWhole(known, paths.map(locate)));
    const batch = whole ? known : await writeBatch(paths, { ...run, locate });
    if (!whole) partial.note(index, batch);
    files += batch.files;
    bytes += batch.bytes;
    badTiles.push(...batch.badTiles);
    run.onFiles(paths.length);
    index++;
  }
  return { content, made: { files, bytes, badTiles: dropRepeated(badTiles) } };
}

function* takeBatches(part: ExportPart): Generator<string[]> {
  let batch: string[] = [];
  for (const path of listPaths(part)) {
    batch.push(path);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** What an earlier run left out counts where the same is wanted now. */
export function isComplete({ badTiles }: Pick<FileBatch, 'badTiles'>, onBadTile: ExportBadTiles): boolean {
  return badTiles.length === 0 || onBadTile === 'skip';
}

async function isWhole({ files, bytes }: FileBatch, paths: readonly string[]): Promise<boolean> {
  const found = await measureFiles(paths);
  return found.files === files && found.bytes === bytes;
}

async function writeBatch(
  paths: readonly string[],
  { read, ahead, onBadTile, signal, locate }: PartRun & { locate: (path: string) => string },
): Promise<FileBatch> {
  const badTiles: ExportedTile[] = [];
  let [files, bytes] = [0, 0];
  const writeOne = async (path: string): Promise<number | undefined> => {
    throwIfAborted(signal);
    const content = await read(path).catch((error: unknown) => {
      const tile = onBadTile === 'skip' ? findBadTile(error) : undefined;
      if (!tile) throw error;
      badTiles.push(tile);
    });
    if (content) await writeWhole(locate(path), content);
    return content?.byteLength;
  };
  for await (const { result } of readAhead(paths, ahead, writeOne)) {
    if (result === undefined) continue;
    files++;
    bytes += result;
  }
  return { files, bytes, badTiles: dropRepeated(badTiles) };
}

/** What a stopped run left there counts only with its batch. */
async function writeWhole(path: string, content: Uint8Array): Promise<void> {
  try {
    try {
      await writeFile(path, content);
    } catch (error) {
      if (getErrorCode(error) !== 'ENOENT') throw error;
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    }
  } catch (cause) {
    throw toOutputError(path, cause);
  }
}

async function putInPlace(content: string, target: string): Promise<void> {
  try {
    await rm(target, { recursive: true, force: true });
    await mkdir(dirname(target), { recursive: true });
    await rename(content, target);
  } catch (cause) {
    // Nothing could be read of it.
    if (getErrorCode(cause) !== 'ENOENT') throw toOutputError(target, cause);
  }
}

function findBadTile(error: unknown): ExportedTile | undefined {
  if (!(error instanceof AnswerError) || error.problem.tag !== 'tile') return undefined;
  const { level = 0, col = 0, row = 0 } = error.problem;
  return { level, col, row };
}

/** Several tiles of the export may need the same stored one. */
export function dropRepeated(tiles: readonly ExportedTile[]): ExportedTile[] {
  const known = new Map(tiles.map((tile) => [`${tile.level}/${tile.row}/${tile.col}`, tile]));
  return [...known.values()].sort((a, b) => a.level - b.level || a.row - b.row || a.col - b.col);
}
