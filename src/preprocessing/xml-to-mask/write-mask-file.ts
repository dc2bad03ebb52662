import { AbortedError } from '../../utils/errors.ts';
import { openOutputPlace } from '../convert-slide/output-place.ts';
import type { MaskShape } from './annotation.ts';
import { createPainter } from './create-painter.ts';
import { createMaskGrid, getMaskMpp, listMaskLevels, type MaskFrame } from './mask-grid.ts';
import { countTiles, type MaskJob, type MaskLabel, type WrittenMask } from './mask-job.ts';
import { openFolderPlace } from './mask-writers/folder-place.ts';
import type { MaskSettings } from './options.ts';

/** Polygons to paint, and the slide that they lie on. */
export interface DrawnMask {
  readonly shapes: readonly MaskShape[];
  readonly labels: readonly MaskLabel[];
  readonly frame: MaskFrame;
  /** Name of the slide, which is never written over. */
  readonly source: string;
}

export interface WrittenMaskFile extends WrittenMask {
  readonly path: string;
  readonly grid: MaskJob['grid'];
  readonly mpp: MaskJob['mpp'];
}

/** Paints a mask into a file, or for Zarr a folder, which takes its name when it is whole. */
export async function writeMaskFile(
  path: string,
  { shapes, labels, frame, source }: DrawnMask,
  settings: MaskSettings,
): Promise<WrittenMaskFile> {
  const { format, overwrite, rule, bits, tileSize, scale, coords, mode } = settings;
  const grid = createMaskGrid(frame, scale);
  await using place =
    format === 'zarr' ? await openFolderPlace(path, { overwrite }) : await openOutputPlace(path, { overwrite, source });
  const levels = format === 'png' ? [grid] : listMaskLevels(grid, tileSize);
  const mpp = getMaskMpp(frame, grid);
  const job: MaskJob = {
    ...{ grid, labels, rule, bits, tileSize, mpp, slide: frame },
    createRasterizer: createPainter(shapes, grid, { rule, coords, mode }),
    advance: countProgress(settings, { total: countTiles(levels, tileSize), signal: place.signal }),
  };
  const written = await writeAs(place.temporary, job, format);
  job.advance(0);
  await place.accept();
  return { path, grid, mpp, ...written };
}

async function writeAs(path: string, job: MaskJob, format: MaskSettings['format']): Promise<WrittenMask> {
  if (format === 'png') return (await import('./mask-writers/png.ts')).writePngMask(path, job);
  if (format === 'zarr') return (await import('./mask-writers/zarr.ts')).writeZarrMask(path, job);
  const { writeTiffMask } = await import('./mask-writers/tiff.ts');
  return writeTiffMask(path, job, { layout: format === 'tiff' ? 'bigtiff' : 'ome-tiff' });
}

/** @returns a function that counts tiles, and throws where the work is to stop */
export function countProgress(
  { signal: own, onProgress }: Pick<MaskSettings, 'signal' | 'onProgress'>,
  { total, signal: lost }: { total: number; signal: AbortSignal },
): (tiles: number) => void {
  let done = 0;
  return (tiles) => {
    for (const signal of [own, lost]) if (signal?.aborted) throw toAborted(signal.reason);
    done += tiles;
    if (tiles > 0) onProgress?.({ done, total });
  };
}

function toAborted(reason: unknown): Error {
  if (reason instanceof Error && 'tag' in reason) return reason;
  return new AbortedError('the mask was not finished', { cause: reason });
}
