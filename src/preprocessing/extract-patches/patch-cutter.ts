import { keepSrgbTable } from '../../io/icc/srgb-table.ts';
import { createAreaResampler } from '../../io/kernels/area-resample-wasm.ts';
import { createJpegDecoder } from '../../io/kernels/jpeg-decode.ts';
import type { Kernels } from '../../io/kernels/wasm-kernels.ts';
import type { ByteSource } from '../../io/source/byte-source.ts';
import { withWorkerCache } from '../../io/source/remote-address.ts';
import { COMPRESSION } from '../../io/tiff/tags.ts';
import { createJpegTileDecoder } from '../../slide/band/jpeg-tile-decoder.ts';
import { openStoredTiles } from '../../slide/band/stored-tile-reader.ts';
import { canCopyTiles, createTileCopier } from './copy-stored-tile.ts';
import { type CellPatch, type CutPatches, cutCell } from './cut-cell.ts';
import { cutPatch } from './cut-patch.ts';
import { halveSampling } from './halve-sampling.ts';
import type { PatchJob, PatchTask } from './patch-job.ts';
import { openSampledReader } from './patch-reader.ts';
import { getPatchWindow } from './patch-sampling.ts';
import { readShownSamples, toSampleBlock } from './sample-cutter.ts';

/** Decoded tiles that are kept where the slide itself has to read regions. */
const CACHE_BYTES = 32 * 2 ** 20;

/** Cuts the patches of jobs of one task. */
export interface PatchCutter extends AsyncDisposable {
  /** The patches of a job with their pixels: each is to be awaited, and done with, before the next is asked for. */
  cut(job: PatchJob): CutPatches;
  /** Stored tiles read so far; undefined where the slide's own cache decides. */
  readonly tilesRead: number | undefined;
  /** Room for one patch, where what is cut may lie already: for those who change pixels. Good until the next patch. */
  getRoom(): Uint8Array;
}

/** Reads tiles by position where the task says where they lie and kernels are at hand; else asks the slide for regions. */
export async function openPatchCutter(task: PatchTask, kernels: Kernels | undefined): Promise<PatchCutter> {
  return task.banded && task.sampling && kernels
    ? openBandCutter(task, task.sampling, kernels)
    : openRegionCutter(task, kernels);
}

function openBandCutter(task: PatchTask, sampling: NonNullable<PatchTask['sampling']>, kernels: Kernels): PatchCutter {
  const patch = createPatchMemory(kernels, task.geometry.size);
  const bytes = () => new Uint8Array(kernels.memory.buffer);
  const isJpeg = sampling.layout.compression === COMPRESSION.Jpeg;
  // It lays out memory that lasts, so it comes before the mark.
  const jpeg = isJpeg ? createJpegDecoder(kernels) : undefined;
  const decoder = jpeg && createJpegTileDecoder(() => jpeg);
  const tiles = openStoredTiles(sampling.layout, { decoder, bytes });
  const halvedSampling = halveSampling(sampling);
  const halved = halvedSampling && {
    sampling: halvedSampling,
    tiles: openStoredTiles(halvedSampling.layout, { decoder, bytes }),
  };
  const copier = canCopyTiles(task, sampling) ? createTileCopier(task, sampling, { tiles, kernels }) : undefined;
  const resampler = createAreaResampler(kernels);
  const mark = kernels.mark();
  return {
    get tilesRead() {
      return tiles.tilesRead + (halved?.tiles.tilesRead ?? 0);
    },
    getRoom: patch.get,
    cut(job) {
      kernels.release(mark);
      return cutCell(job, { sampling, tiles, halved, copier, kernels, resampler, patchAddress: patch.address });
    },
    async [Symbol.asyncDispose]() {
      tiles[Symbol.dispose]();
      halved?.tiles[Symbol.dispose]();
    },
  };
}

async function openRegionCutter(task: PatchTask, kernels: Kernels | undefined): Promise<PatchCutter> {
  const { geometry, onBadTile } = task;
  const { size } = geometry;
  const patch = createPatchMemory(kernels, size);
  // Most workers never open a slide: its readers are loaded by those that do.
  const { openSlide } = await import('../../slide/open-slide.ts');
  // Held by the task as long as the slide is open.
  if (task.colors) keepSrgbTable(task.colors.profile, task.colors.table);
  const slide = await openSlide(await locateSlide(task), { ...task.slideOptions, cacheBytes: CACHE_BYTES });
  const reader = openSampledReader(slide, task.sampling);
  const samples = isWide(task) ? readShownSamples(slide) : undefined;
  // Whether a stored tile is copied depends on the plan, not on this machine's memory: the bytes are the same either way.
  const copying = task.sampling && canCopyTiles(task, task.sampling) ? task.sampling : undefined;
  const tiles = copying && openStoredTiles(copying.layout, { decoder: undefined, bytes: patch.get });
  const copier = copying && tiles && createTileCopier(task, copying, { tiles, kernels });
  const cutRegion = async (corner: CellPatch['patch']): Promise<CellPatch> => {
    const file = copying && (await copier?.copy(getPatchWindow(copying, corner, size)));
    if (file) return { patch: corner, block: undefined, file, badTiles: [] };
    if (samples) {
      const cut = await cutPatch(samples, { ...corner, geometry }, { onBadTile });
      return { patch: corner, block: cut.raster && toSampleBlock(cut.raster), badTiles: cut.badTiles };
    }
    const { raster, badTiles } = await cutPatch(reader, { ...corner, geometry }, { onBadTile });
    const pixels = patch.get();
    if (raster) pixels.set(raster.data);
    const block = { pixels, pitch: size * 3, width: size, height: size, channels: 3 } as const;
    return { patch: corner, block: raster && block, badTiles };
  };
  return {
    tilesRead: undefined,
    getRoom: patch.get,
    *cut(job) {
      for (const corner of job.patches) yield cutRegion(corner);
    },
    async [Symbol.asyncDispose]() {
      tiles?.[Symbol.dispose]();
      reader[Symbol.dispose]();
      await slide[Symbol.asyncDispose]();
    },
  };
}

/** Patches are files of 16-bit samples. */
function isWide({ output }: PatchTask): boolean {
  return output.kind !== 'pixels' && output.format === 'png16';
}

/** What `openSlide` takes: for a remote slide a connection of this thread's own, to the very file that was opened before. */
async function locateSlide({ slidePath, remote }: PatchTask): Promise<string | ByteSource> {
  if (!remote) return slidePath;
  const { reopenHttpSource } = await import('../../io/source/http-source.ts');
  return reopenHttpSource(withWorkerCache(remote));
}

/** Room for one patch: in the kernels' memory, where encoders with kernels want it. */
function createPatchMemory(kernels: Kernels | undefined, size: number): { address: number; get: () => Uint8Array } {
  const length = size * size * 3;
  if (!kernels) {
    const pixels = new Uint8Array(length);
    return { address: 0, get: () => pixels };
  }
  const address = kernels.allocate(length);
  return { address, get: () => kernels.bytes(address, length) };
}
