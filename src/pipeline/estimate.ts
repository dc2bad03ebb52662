import { availableParallelism } from 'node:os';
import type { PixelBlock } from '../io/kernels/pixel-block.ts';
import { createKernels, hasWasmSimd, type Kernels } from '../io/kernels/wasm-kernels.ts';
import { checkPatchFits } from '../preprocessing/extract-patches/cell-size.ts';
import { cutPatch } from '../preprocessing/extract-patches/cut-patch.ts';
import type { PatchPlan, PlannedPatch } from '../preprocessing/extract-patches/patch-plan.ts';
import { openPatchReader } from '../preprocessing/extract-patches/patch-reader.ts';
import { checkWriteOptions, RUN_DEFAULTS } from '../preprocessing/extract-patches/run-options.ts';
import { checkDepth, readShownSamples, toSampleBlock } from '../preprocessing/extract-patches/sample-cutter.ts';
import { getFileFormat, loadPatchWriter } from '../preprocessing/extract-patches/writers.ts';
import { planPatches } from '../preprocessing/extract-patches.ts';
import type { TissueMask } from '../preprocessing/tissue-detection/tissue-mask.ts';
import { detectTissue } from '../preprocessing/tissue-detection.ts';
import { openSlide } from '../slide/open-slide.ts';
import type { Slide } from '../slide/slide.ts';
import type { SampleStain } from './estimate-stain.ts';
import { locateLabels } from './locate-labels.ts';
import { locateTissue } from './locate-tissue.ts';
import { describeError, mergeSlideOptions, type SlideError, type SlideWork } from './run-slide.ts';
import type { SlideInput } from './slide-inputs.ts';

/** What a slide would cost; nothing is written. */
export interface SlideEstimate {
  readonly id: string;
  readonly path: string;
  readonly patches: number;
  /** Of the patch files, from samples that were cut and encoded. */
  readonly bytes: number;
  /** Of patch extraction on all workers, and of looking for the slide's stains before. */
  readonly seconds: number;
  readonly tissueFraction: number | undefined;
  readonly error?: SlideError;
}

export interface EstimateWork extends SlideWork {
  readonly workers?: number | undefined;
  readonly workerMemory?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Patches that are cut to learn size and time; spread evenly over the plan. */
const SAMPLES = 12;

/** Finds the tissue, counts the plan and cuts a few patches. A slide that fails says so in its row. */
export async function estimateSlide(input: SlideInput, work: EstimateWork): Promise<SlideEstimate> {
  const nothing = { id: input.id, path: input.path, patches: 0, bytes: 0, seconds: 0, tissueFraction: undefined };
  try {
    await using slide = await openSlide(input.address ?? input.path, mergeSlideOptions(work.slide, input));
    const read = { ...(work.signal && { signal: work.signal }), onBadTile: () => {} };
    const options = await locateTissue(work.tissue, input);
    const tissue = options === false ? undefined : await detectTissue(slide, { ...options, ...read });
    const found = { ...nothing, tissueFraction: tissue?.fraction };
    if (work.patches === false) return found;
    const plan = planPatches(slide, tissue, work.patches);
    // A mask that is missing, or another slide's, is told before the run.
    await checkLabels(slide, plan, { input, work });
    return { ...found, ...(await measureSamples(slide, plan, { ...work, mask: tissue?.mask })) };
  } catch (error) {
    return { ...nothing, error: describeError(error) };
  }
}

async function checkLabels(
  slide: Slide,
  { geometry }: PatchPlan,
  { input, work }: { input: SlideInput; work: SlideWork },
): Promise<void> {
  if (!work.labels) return;
  const { openLabelSource } = await import('../preprocessing/patch-labels/open-label-source.ts');
  await using _labels = await openLabelSource(slide, geometry, await locateLabels(work.labels, input.path));
}

async function measureSamples(
  slide: Slide,
  plan: PatchPlan,
  work: EstimateWork & { mask: TissueMask | undefined },
): Promise<Pick<SlideEstimate, 'patches' | 'bytes' | 'seconds'>> {
  const write = checkWriteOptions(work.patches || {});
  const { format, depth, quality } = write;
  checkDepth(slide, write);
  const patches = plan.count();
  if (patches === 0 || format === 'coordinates') return { patches, bytes: 0, seconds: 0 };
  const writer = await loadPatchWriter(getFileFormat({ format, depth }));
  const { size } = plan.geometry;
  const workerMemory = work.workerMemory ?? RUN_DEFAULTS.workerMemory;
  checkPatchFits(size, workerMemory);
  const kernels = hasWasmSimd() ? createKernels(workerMemory) : undefined;
  const encoder = writer.createEncoder({ size, quality, kernels });
  const stain = await findStain(slide, { ...work, kernels });
  const address = kernels?.allocate(size * size * 3) ?? 0;
  using reader = await openPatchReader(slide, plan);
  const cutBlock = async (at: Parameters<typeof cutPatch>[1]): Promise<PixelBlock> => {
    if (depth === 16) {
      const { raster } = await cutPatch(readShownSamples(slide), at, { onBadTile: 'white' });
      if (raster) return toSampleBlock(raster);
    }
    const { raster } = await cutPatch(reader, at, { onBadTile: 'white' });
    const pixels = kernels?.bytes(address, size * size * 3) ?? new Uint8Array(size * size * 3);
    if (raster) pixels.set(raster.data);
    return { pixels, pitch: size * 3, width: size, height: size, channels: 3 };
  };
  const clock = performance.now();
  let samples = 0;
  let bytes = 0;
  for (const patch of takeSamples(plan, patches)) {
    const at = { x: patch.x, y: patch.y, geometry: plan.geometry };
    const block = await cutBlock(at);
    bytes += (await encoder.encode(stain?.apply(block) ?? block)).length;
    samples++;
  }
  const seconds = (performance.now() - clock) / 1000;
  const workers = work.workers ?? availableParallelism();
  return {
    patches,
    bytes: Math.round((bytes / samples) * patches),
    seconds: ((seconds / samples) * patches) / workers + (stain?.seconds ?? 0),
  };
}

/** Most runs have none. */
async function findStain(
  slide: Slide,
  { stain, mask, signal, kernels }: EstimateWork & { mask: TissueMask | undefined; kernels: Kernels | undefined },
): Promise<SampleStain | undefined> {
  if (!stain) return undefined;
  const { prepareSampleStain } = await import('./estimate-stain.ts');
  return prepareSampleStain(slide, stain, { mask, signal, kernels, onBadTile: 'white' });
}

function* takeSamples(plan: PatchPlan, patches: number): Generator<PlannedPatch> {
  const every = Math.max(1, Math.floor(patches / SAMPLES));
  for (const patch of plan) if (patch.index % every === 0) yield patch;
}
