import type { PixelBlock } from '../../io/kernels/pixel-block.ts';
import type { Raster } from '../../io/raster.ts';
import type { Slide } from '../../slide/slide.ts';
import type { TileError } from '../../utils/errors.ts';
import { cutPatch } from './cut-patch.ts';
import type { PatchPlan, PlannedPatch } from './patch-plan.ts';
import { openPatchReader } from './patch-reader.ts';
import { resolvePatchStain } from './patch-stain.ts';
import { type BadTilePolicy, checkWriteOptions } from './run-options.ts';
import type { PatchStainOptions } from './stain-options.ts';
import type { StainOutcome } from './stain-outcome.ts';
import type { PatchStainer } from './stain-patches.ts';

/** The pixels of one patch of an iteration. */
export interface PatchPixels {
  readonly patch: PlannedPatch;
  /** size x size RGB. */
  readonly raster: Raster;
  /** Tiles painted white in it. */
  readonly badTiles: readonly TileError[];
  /** What became of its colours, where stains are normalised. */
  readonly stain?: StainOutcome | undefined;
}

export interface ReadPatchesOptions {
  onBadTile?: BadTilePolicy;
  /** Normalises stains. */
  stain?: PatchStainOptions | undefined;
  onSkip?: (patch: PlannedPatch, badTiles: readonly TileError[]) => void;
  signal?: AbortSignal;
}

/**
 * Patches as pixels, one at a time, in plan order, without files: for a model or a notebook.
 * Patches left out under `onBadTile: 'skip'` are not yielded; `onSkip` is told.
 */
export async function* readPatches(
  slide: Slide,
  plan: PatchPlan,
  options: ReadPatchesOptions = {},
): AsyncGenerator<PatchPixels> {
  const { onBadTile } = checkWriteOptions({ onBadTile: options.onBadTile });
  const stain = await createReadingStainer(slide, options);
  using reader = await openPatchReader(slide, plan);
  for (const patch of plan) {
    options.signal?.throwIfAborted();
    const at = { x: patch.x, y: patch.y, geometry: plan.geometry };
    const { raster, badTiles } = await cutPatch(reader, at, { onBadTile, signal: options.signal });
    if (!raster) options.onSkip?.(patch, badTiles);
    else if (!stain) yield { patch, raster, badTiles };
    else yield { patch, raster, badTiles, stain: stain(toBlock(raster), raster.data).outcome };
  }
}

/** It works in place: the pixels are of the reader's making. */
async function createReadingStainer(
  slide: Slide,
  { stain, onBadTile, signal }: ReadPatchesOptions,
): Promise<PatchStainer | undefined> {
  if (!stain) return undefined;
  const found = await resolvePatchStain(slide, stain, { onBadTile, signal });
  const { createPatchStainer } = await import('./stain-patches.ts');
  return createPatchStainer(found, undefined);
}

function toBlock({ data, width, height }: Raster): PixelBlock {
  return { pixels: data, pitch: width * 3, width, height, channels: 3 };
}
