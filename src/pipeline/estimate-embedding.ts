import { fillBatches } from '../inference/embed/fill-batches.ts';
import { resolveFileOptions } from '../inference/embed/options.ts';
import { planEmbedding } from '../inference/embed/plan-embedding.ts';
import { type Embedder, openEmbedder } from '../inference/embed.ts';
import type { FeatureLayout, FeaturePrecision } from '../io/feature-files/feature-table.ts';
import { LAYOUT_PRECISION } from '../io/feature-files/layouts.ts';
import type { PatchPlan } from '../preprocessing/extract-patches/patch-plan.ts';
import { type PatchStain, resolvePatchStain } from '../preprocessing/extract-patches/patch-stain.ts';
import { createPatchPool, streamPatches } from '../preprocessing/extract-patches.ts';
import type { TissueMask } from '../preprocessing/tissue-detection/tissue-mask.ts';
import { detectTissue } from '../preprocessing/tissue-detection.ts';
import { openSlide } from '../slide/open-slide.ts';
import type { Slide } from '../slide/slide.ts';
import { throwIfAborted, toAbortError } from '../utils/abort.ts';
import { isSlideloomError } from '../utils/errors.ts';
import type { EmbedSlidesOptions } from './embed-slides.ts';
import type { SlideEstimate } from './estimate.ts';
import { fitByItself } from './estimate-stain.ts';
import { locateTissue } from './locate-tissue.ts';
import { describeError, mergeSlideOptions } from './run-slide.ts';
import type { SlideInput } from './slide-inputs.ts';

/** Patches of a slide that are cut and embedded to learn time and size; a batch where that is more. */
const SAMPLES = 12;
/** Bytes of a row in a layout's files, beside its features: corners, and microns where they are known. */
const BYTES_BESIDE: Readonly<Record<FeatureLayout, number>> = { native: 24, clam: 24, trident: 32, stamp: 8 };

/**
 * The dry run of `embedSlides`: finds the tissue, counts the plan, and embeds a few patches in memory. Nothing is written. A slide
 * that would fail says so in its row.
 * @param onSlide told how many slides are done
 * @throws OptionError, ModelError, SessionError, StainError, AbortedError
 */
export async function estimateEmbedding(
  options: Omit<EmbedSlidesOptions, 'onEvent'>,
  onSlide: (done: number) => void,
): Promise<SlideEstimate[]> {
  const { slides, workers, workerMemory, signal } = options;
  const stain = options.stain && (await (await import('./prepare-stain.ts')).resolveProfiles(options.stain));
  await using embedder = await openEmbedder(options);
  await using pool = createPatchPool({ workers, workerMemory });
  const estimates: SlideEstimate[] = [];
  for (const input of slides) {
    throwIfAborted(signal);
    estimates.push(await estimateOne(input, { ...options, stain, embedder, pool }));
    onSlide(estimates.length);
  }
  return estimates;
}

interface EstimateRun extends Omit<EmbedSlidesOptions, 'onEvent'> {
  readonly embedder: Embedder;
  readonly pool: ReturnType<typeof createPatchPool>;
}

async function estimateOne(input: SlideInput, run: EstimateRun): Promise<SlideEstimate> {
  const { id, path } = input;
  const nothing = { id, path, patches: 0, bytes: 0, seconds: 0, tissueFraction: undefined };
  try {
    await using slide = await openSlide(input.address ?? path, mergeSlideOptions(run.slide, input));
    const read = { ...(run.signal && { signal: run.signal }), onBadTile: () => {} };
    const options = await locateTissue(run.tissue, input);
    const tissue = options === false ? undefined : await detectTissue(slide, { ...options, ...read });
    const plan = planEmbedding(slide, run.embedder.backbone, { ...run, tissue });
    const found = { ...nothing, tissueFraction: tissue?.fraction, patches: plan.count() };
    if (found.patches === 0) return found;
    const clock = performance.now();
    const stain = await findStain(slide, tissue?.mask, run);
    const fitting = (performance.now() - clock) / 1000;
    const measured = await measureSamples(slide, plan, found.patches, { ...run, foundStain: stain });
    return { ...found, ...measured, seconds: fitting + measured.seconds };
  } catch (error) {
    if (isSlideloomError(error, 'aborted')) throw error;
    if (run.signal?.aborted) throw toAbortError(run.signal.reason);
    return { ...nothing, error: describeError(error) };
  }
}

/** The stains of a slide are looked for once, however many patches it has. */
async function findStain(
  slide: Slide,
  mask: TissueMask | undefined,
  { stain, signal }: EstimateRun,
): Promise<PatchStain | undefined> {
  return stain && (await resolvePatchStain(slide, fitByItself(stain), { mask, signal, onBadTile: 'white' }));
}

interface SampleRun extends EstimateRun {
  readonly foundStain: PatchStain | undefined;
}

/** Seconds and bytes of all patches, by a few of them. */
async function measureSamples(
  slide: Slide,
  plan: PatchPlan,
  patches: number,
  run: SampleRun,
): Promise<Pick<SlideEstimate, 'bytes' | 'seconds'>> {
  const { embedder, layout, precision } = run;
  const coords = takeCorners(plan, patches, Math.min(patches, Math.max(SAMPLES, embedder.backbone.batchSize)));
  const sample = planEmbedding(slide, embedder.backbone, { ...run, tissue: undefined, coords });
  // First without a clock: threads start, and the model arranges its memory.
  await embedSample(slide, sample, run);
  const clock = performance.now();
  const dimension = await embedSample(slide, sample, run);
  const seconds = (performance.now() - clock) / 1000;
  const file = resolveFileOptions({ layout, precision });
  return {
    seconds: (seconds / coords.length) * patches,
    bytes: patches * countRowBytes(file.layout, { ...file, dimension }),
  };
}

/** @returns how many features a patch has */
async function embedSample(slide: Slide, sample: PatchPlan, run: SampleRun): Promise<number> {
  const { embedder, pool, signal, foundStain } = run;
  const { batchSize, side, mean, std } = embedder.backbone;
  const how = { layout: 'planes', normalise: { mean, std }, onBadTile: 'white', pool, signal, foundStain } as const;
  let planes = new Float32Array(batchSize * 3 * side * side);
  let dimension = 0;
  const patches = streamPatches(slide, sample, how);
  for await (const batch of fillBatches(patches, { batchSize, takePlanes: () => planes }))
    ({ planes, dimension } = await embedder.run(batch.planes, batch.patches.length));
  return dimension;
}

/** From all over the plan. */
function takeCorners(plan: PatchPlan, patches: number, count: number): (readonly [number, number])[] {
  const every = Math.floor(patches / count);
  const corners: (readonly [number, number])[] = [];
  for (const { index, x, y } of plan) if (index % every === 0 && corners.length < count) corners.push([x, y]);
  return corners;
}

/** CLAM has the features twice. */
function countRowBytes(
  layout: FeatureLayout,
  { precision, dimension }: { precision: FeaturePrecision; dimension: number },
): number {
  const size = (LAYOUT_PRECISION[layout] ?? precision) === 'float16' ? 2 : 4;
  return BYTES_BESIDE[layout] + dimension * size * (layout === 'clam' ? 2 : 1);
}
