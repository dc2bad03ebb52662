import { readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { writeFileAtomic } from '../../utils/atomic-file.ts';
import { OutputError } from '../../utils/errors.ts';
import { getFileRecordPath } from '../../utils/file-stage.ts';
import { hashFile } from '../../utils/hash.ts';
import { getErrorCode, toOutputError } from '../../utils/output-error.ts';
import { type OutputFile, type RunRecord, readRecordFile } from '../../utils/run-record.ts';
import type { HeatmapSettings } from './options.ts';
import type { OverlayJob } from './overlay-job.ts';
import { createDzi, type TileFolder, writeDziTiles } from './write-overlay-dzi.ts';
import { writeOverlayTiff } from './write-overlay-tiff.ts';

/** Where the files of a slide's heatmap lie; undefined what is not made. */
export interface HeatmapPaths {
  readonly picture: string;
  /** The TIFF, or the descriptor of the Deep Zoom folder. */
  readonly overlay: string | undefined;
  /** Its tiles. */
  readonly tiles: string | undefined;
  readonly sheet: string | undefined;
}

export function nameFiles(
  id: string,
  { out, format, topK, bottomK }: Pick<HeatmapSettings, 'out' | 'format' | 'topK' | 'bottomK'>,
): HeatmapPaths {
  const place = (ending: string) => join(resolve(out), id + ending);
  return {
    picture: place('.png'),
    overlay: format === 'none' ? undefined : place(format === 'tiff' ? '.tiff' : '.dzi'),
    tiles: format === 'dzi' ? place('_files') : undefined,
    sheet: topK + bottomK > 0 ? place('.top.png') : undefined,
  };
}

/** @throws OutputError where a folder of tiles is there that no heatmap left */
export async function checkTileFolder({ picture, tiles }: HeatmapPaths, overwrite: boolean): Promise<void> {
  if (tiles === undefined || overwrite || !(await stat(tiles).catch(() => undefined))) return;
  const found = await readRecordFile(getFileRecordPath(picture));
  if (found.kind === 'record' && found.record.stage === HEATMAP_STAGE && found.record.options['format'] === 'dzi')
    return;
  throw new OutputError(tiles, 'is there already', { hint: 'give another path, or --overwrite' });
}

export const HEATMAP_STAGE = 'heatmap';

/** Whether the folder has the tiles that the record says, by their number and size. */
export async function areTilesWhole({ tiles }: HeatmapPaths, { result }: RunRecord): Promise<boolean> {
  if (tiles === undefined) return true;
  const said = result?.['tiles'] as TileFolder | undefined;
  const found: { -readonly [K in keyof TileFolder]: TileFolder[K] } = { tiles: 0, bytes: 0 };
  for (const entry of await readdir(tiles, { recursive: true, withFileTypes: true }).catch(() => [])) {
    if (!entry.isFile()) continue;
    found.tiles++;
    found.bytes += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return found.tiles === said?.tiles && found.bytes === said.bytes;
}

/**
 * Writes the overlay under a temporary name, in the folder that the stage's lease is on, and gives it its own.
 * @throws OutputError, AbortedError
 */
export async function writeOverlay(
  { picture, overlay, tiles }: HeatmapPaths,
  job: OverlayJob,
): Promise<{ files: OutputFile[]; tiles?: TileFolder }> {
  if (overlay === undefined) return { files: [] };
  const temporary = join(`${getFileRecordPath(picture)}.partial`, 'overlay');
  // What a killed run left, of the writer of TIFFs too.
  const clear = async () => {
    for (const path of [temporary, `${temporary}.partial`]) await rm(path, { recursive: true, force: true });
  };
  try {
    await clear();
    if (tiles === undefined) {
      await writeOverlayTiff(temporary, job);
      await rename(temporary, overlay);
      return { files: [await describeFile(overlay)] };
    }
    const written = await writeDziTiles(temporary, job);
    await rm(tiles, { recursive: true, force: true });
    await rename(temporary, tiles);
    await writeFileAtomic(overlay, createDzi(job), { fsync: true });
    return { files: [await describeFile(overlay)], tiles: written };
  } catch (cause) {
    if (getErrorCode(cause) === undefined) throw cause;
    throw toOutputError(overlay, cause);
  } finally {
    await clear();
  }
}

export async function writePictureFile(path: string, content: Uint8Array): Promise<OutputFile> {
  const { bytes, sha256 } = await writeFileAtomic(path, content, { fsync: true });
  return { path, size: bytes, sha256 };
}

/** What an earlier heatmap of the slide left, by its record: not what somebody has put in its place since. */
export async function listEarlierFiles({ picture }: HeatmapPaths): Promise<string[]> {
  const found = await readRecordFile(getFileRecordPath(picture));
  if (found.kind !== 'record' || found.record.stage !== HEATMAP_STAGE) return [];
  const { outputs, beside = [] } = found.record;
  const files: string[] = [];
  for (const { path, sha256 } of [...outputs, ...beside]) {
    const file = join(dirname(picture), path);
    // A killed run says what it was about to make, without hashes.
    if (sha256 !== '' && (await hashFile(file).catch(() => undefined)) !== sha256) continue;
    files.push(file, ...(file.endsWith('.dzi') ? [file.replace(/\.dzi$/, '_files')] : []));
  }
  return files;
}

/** Removes those that are not made any more: an overlay with other colours would be taken for this one's. @throws OutputError */
export async function removeStale(earlier: readonly string[], made: HeatmapPaths | undefined): Promise<void> {
  const kept: readonly (string | undefined)[] = made ? Object.values(made) : [];
  for (const path of earlier)
    if (!kept.includes(path))
      await rm(path, { recursive: true, force: true }).catch((cause: unknown) => {
        throw toOutputError(path, cause);
      });
}

async function describeFile(path: string): Promise<OutputFile> {
  return { path, size: (await stat(path)).size, sha256: await hashFile(path) };
}
