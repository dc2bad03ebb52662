import type { AreaResampler } from '../../io/kernels/area-resample-wasm.ts';
import type { PixelBlock } from '../../io/kernels/pixel-block.ts';
import type { Kernels } from '../../io/kernels/wasm-kernels.ts';
import type { BadBandTile, Band } from '../../slide/band/band.ts';
import type { StoredTileReader } from '../../slide/band/stored-tile-reader.ts';
import { isSlideloomError, TileError } from '../../utils/errors.ts';
import { createCellBands } from './cell-bands.ts';
import type { TileCopier } from './copy-stored-tile.ts';
import { areHalves } from './halve-sampling.ts';
import type { PatchJob } from './patch-job.ts';
import { listWindows, type PatchSampling, type PatchWindow } from './patch-sampling.ts';
import { createPrefetch } from './prefetch-tiles.ts';

/** A patch of a cell as its consumer gets it. */
export interface CellPatch {
  readonly patch: PatchJob['patches'][number];
  /** Good until the next patch; undefined where the patch is left out, as the policy is `skip` and a tile is bad. */
  readonly block: PixelBlock | undefined;
  /** The patch's file, where it is a stored tile as it is; there is no block then. */
  readonly file?: Uint8Array | undefined;
  readonly badTiles: readonly TileError[];
}

/** Where pixels come from. */
interface CellSource {
  readonly sampling: PatchSampling;
  readonly tiles: StoredTileReader;
}

export interface CellParts extends CellSource {
  /** The same patches from the level at half size, where that can be. */
  readonly halved: CellSource | undefined;
  /** Undefined where nothing may be copied. */
  readonly copier: TileCopier | undefined;
  readonly kernels: Kernels;
  readonly resampler: AreaResampler;
  /** Address of size x size RGB pixels for resampled patches. */
  readonly patchAddress: number;
}

const NONE: readonly TileError[] = [];

/** Patches as they are cut: a promise only where one had to wait for something. */
export type CutPatches = Iterable<CellPatch | Promise<CellPatch>>;

/**
 * The patches of a cell, top to bottom, from bands of tiles that are each read once. Each is to be awaited, and done with,
 * before the next is asked for. What is allocated from the kernels' memory during the walk is given back by the caller.
 *
 * In small functions: as one async generator it was V8's largest compilation, 3.4 MB in each worker.
 * @throws TileError under the policy `fail`; RangeError where the band does not fit into the kernels' memory.
 */
export function* cutCell(job: PatchJob, parts: CellParts): CutPatches & Iterator<CellPatch | Promise<CellPatch>> {
  const cell = openCell(job, parts);
  for (let place = 0; place < job.patches.length; place++) yield cutNext(cell, place);
}

interface OpenCell {
  readonly job: PatchJob;
  readonly parts: CellParts;
  readonly sampling: PatchSampling;
  readonly windows: readonly PatchWindow[];
  readonly tiles: StoredTileReader;
  /** Made for the first patch that is not copied. */
  getBand: ((window: PatchWindow) => Band) | undefined;
  readonly prefetch: ((place: number) => void) | undefined;
}

function openCell(job: PatchJob, parts: CellParts): OpenCell {
  const { size } = job.geometry;
  const stored = listWindows(job.patches, size, parts.sampling);
  const halved = parts.halved && areHalves(stored) ? parts.halved : undefined;
  const { sampling, tiles } = halved ?? parts;
  const windows = halved ? listWindows(job.patches, size, sampling) : stored;
  const prefetch = tiles.prefetch && createPrefetch(sampling.layout, windows, tiles.prefetch);
  return { job, parts, sampling, tiles, windows, getBand: undefined, prefetch };
}

function cutNext(cell: OpenCell, place: number): CellPatch | Promise<CellPatch> {
  const { job, parts, windows, prefetch } = cell;
  const patch = job.patches[place];
  const window = windows[place];
  if (!patch || !window) throw new RangeError(`a cell of ${windows.length} patches has none at ${place}`);
  prefetch?.(place);
  const file = parts.copier?.copy(window);
  if (file instanceof Promise) return file.then((found) => cutOrCopy(cell, { patch, window }, found));
  return cutOrCopy(cell, { patch, window }, file);
}

interface Place {
  readonly patch: CellPatch['patch'];
  readonly window: PatchWindow;
}

function cutOrCopy(cell: OpenCell, at: Place, file: Uint8Array | undefined): CellPatch | Promise<CellPatch> {
  if (file) return { patch: at.patch, block: undefined, file, badTiles: NONE };
  const { sampling, tiles, windows, parts } = cell;
  cell.getBand ??= createCellBands(windows, { layout: sampling.layout, tiles, kernels: parts.kernels });
  const band = cell.getBand(at.window);
  const covered = band.cover(at.window);
  const place = { cell, patch: at.patch, window: at.window, band };
  return covered instanceof Promise ? covered.then((bad) => finishPatch(place, bad)) : finishPatch(place, covered);
}

interface CoveredPlace extends Place {
  readonly cell: OpenCell;
  readonly band: Band;
}

function finishPatch({ cell, patch, window, band }: CoveredPlace, bad: readonly BadBandTile[]): CellPatch {
  const { job, parts, sampling } = cell;
  const badTiles = bad.length > 0 ? judgeBadTiles(job, sampling, bad) : NONE;
  const left = badTiles.length > 0 && job.onBadTile === 'skip';
  const block = left ? undefined : createBlock(band, window, { parts, size: job.geometry.size });
  return { patch, block, file: undefined, badTiles };
}

/** @throws TileError under the policy `fail`; a server's error as it is */
function judgeBadTiles(job: PatchJob, sampling: PatchSampling, bad: readonly BadBandTile[]): TileError[] {
  // A server that fails makes no tile bad: the policy for those must not decide on it.
  const failed = bad.find(({ error }) => isSlideloomError(error, 'remote'));
  if (failed) throw failed.error;
  const errors = bad.map((tile) => toTileError(job, sampling, tile));
  if (job.onBadTile === 'fail') throw errors[0];
  return errors;
}

function createBlock(band: Band, window: PatchWindow, { parts, size }: { parts: CellParts; size: number }): PixelBlock {
  const { kernels, patchAddress } = parts;
  const { pitch } = band;
  const at = band.locate(window.x, window.y);
  const { step } = window;
  if (!step) return createSquare(kernels.bytes(at, (size - 1) * pitch + size * 3), pitch, size);
  const source = kernels.bytes(at, (window.height - 1) * pitch + window.width * 3);
  const target = createSquare(kernels.bytes(patchAddress, size * size * 3), size * 3, size);
  const { width, height, offsetX, offsetY } = window;
  // The same sums as `Slide.readRegionAtDownsample`.
  const place = { x: offsetX, y: offsetY, stepX: step.x, stepY: step.y };
  parts.resampler.resample({ pixels: source, pitch, width, height, channels: 3 }, place, target);
  return target;
}

function createSquare(pixels: Uint8Array, pitch: number, size: number): PixelBlock {
  return { pixels, pitch, width: size, height: size, channels: 3 };
}

function toTileError(job: PatchJob, { layout }: PatchSampling, { col, row, error }: BadBandTile): TileError {
  return new TileError({ slide: job.slidePath, level: layout.level, col, row }, error);
}
