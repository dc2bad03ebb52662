import { basename } from 'node:path';
import { describeOptions } from '../preprocessing/extract-patches/describe-options.ts';
import type { BadTile } from '../preprocessing/extract-patches/patch-job.ts';
import type { PatchPlan } from '../preprocessing/extract-patches/patch-plan.ts';
import type { PatchPool } from '../preprocessing/extract-patches/patch-stage.ts';
import type { PatchStain } from '../preprocessing/extract-patches/patch-stain.ts';
import { checkWriteOptions } from '../preprocessing/extract-patches/run-options.ts';
import { checkSlideId, identifyInput } from '../preprocessing/extract-patches.ts';
import { openSlide } from '../slide/open-slide.ts';
import type { SlideOptions } from '../slide/settings.ts';
import type { Slide } from '../slide/slide.ts';
import type { RunRecord } from '../utils/run-record.ts';
import { type EmbedCounts, runEmbedStage } from './embed/embed-stage.ts';
import { type Embedder, openEmbedder } from './embed/embedder.ts';
import { type BackboneOptions, type FeatureFileOptions, resolveFileOptions } from './embed/options.ts';
import { type EmbedPlanOptions, findStain, planEmbedding } from './embed/plan-embedding.ts';

export { type BackboneOptions, EMBED_DEFAULTS, FEATURE_TAKES, type FeatureTake } from './embed/options.ts';
export { type EmbedCounts, type Embedder, openEmbedder };

/**
 * Of the plan's options, `size` is the side of the model's pictures, and `mpp` by default what the model's card asks for. Options
 * of the model have no say where it is an embedder, which is open already.
 */
export interface EmbedOptions extends Omit<BackboneOptions, 'model'>, FeatureFileOptions, EmbedPlanOptions {
  /** An ONNX file, or a model that is open, for many slides; the caller closes it. */
  model: string | Embedder;
  /** Folder of the outputs, of many slides: each layout has its own folders below it. */
  out: string;
  /** Names the files. Default: the slide's file name without extension. */
  slideId?: string | undefined;
  /** How the slide is opened, when a path is given. */
  slide?: SlideOptions | undefined;
  /** Replace files that are there. Without it only what the same work made is made again. */
  overwrite?: boolean | undefined;
  /** Threads that cut patches; one a core by default. */
  workers?: number | undefined;
  /** Most bytes that such a thread may use. */
  workerMemory?: number | undefined;
  /** A pool of them to use instead, for many slides; the caller closes it. */
  pool?: PatchPool | undefined;
  onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface EmbedResult {
  /** `no-patches`: nothing passed the tissue rule, or all of it was left out for bad tiles; there are no files then. */
  readonly status: 'done' | 'no-patches';
  /** Whether the work was done now, or found done. */
  readonly state: 'fresh' | 'done';
  /** The first one has the features. */
  readonly files: readonly string[];
  readonly counts: EmbedCounts;
  readonly badTiles: readonly BadTile[];
  /** As it stands beside the first file. */
  readonly record: RunRecord;
}

/**
 * Features of a slide's patches by an ONNX model, in one pass and without patch files: patches are planned as `extractPatches`
 * does, cut in worker threads, and go through the model in batches, in a thread of its own. Rows are in the order of the plan.
 * @throws OptionError, ModelError, OperatorError (a model of an old opset), SessionError, MissingMppError, StainError, TileError,
 *   OutputError, OutputInUseError, WorkerError, AbortedError
 */
export async function embedSlide(input: string | Slide, options: EmbedOptions): Promise<EmbedResult> {
  if (typeof input === 'string') {
    await using slide = await openSlide(input, options.slide);
    return await embedSlide(slide, options);
  }
  const { model } = options;
  if (typeof model !== 'string') return embedWith(input, model, options);
  await using embedder = await openEmbedder({ ...options, model });
  return await embedWith(input, embedder, options);
}

async function embedWith(slide: Slide, embedder: Embedder, options: EmbedOptions): Promise<EmbedResult> {
  const { out, onBadTile, workers, workerMemory, pool, signal, onProgress, overwrite = false } = options;
  const plan = planEmbedding(slide, embedder.backbone, options);
  const file = resolveFileOptions(options);
  const slideId = checkSlideId(options.slideId ?? basename(slide.name).replace(/\.[^.]+$/, ''));
  const stain = await findStain(slide, plan, { ...options, slideId });
  const work = { slide, plan, embedder, stain, onBadTile, workers, workerMemory, pool, signal, onProgress };
  const { record, state, files } = await runEmbedStage({
    ...work,
    ...file,
    slideId,
    out,
    overwrite,
    input: await identifyInput(slide),
    recordOptions: {
      ...describePlan(slide, plan, { ...options, stain }),
      ...describeBackbone(embedder),
      ...file,
      slideId,
    },
  });
  const status = record.outcome === 'no-patches' ? 'no-patches' : 'done';
  const counts = record.counts as EmbedCounts;
  return { status, state, files: status === 'done' ? files : [], counts, badTiles: record.badTiles, record };
}

/** What decides which pixels the model sees. */
function describePlan(
  slide: Slide,
  plan: PatchPlan,
  { tissue, coords, onBadTile, stain }: Omit<EmbedOptions, 'stain'> & { stain: PatchStain | undefined },
): Record<string, unknown> {
  const {
    format: _format,
    overview: _overview,
    ...described
  } = describeOptions(slide, plan, {
    ...checkWriteOptions({ onBadTile }),
    tissue,
    coords,
    stain,
  });
  return described;
}

/** The size of a batch has a say in the last bits of features. */
function describeBackbone({ backbone, device }: Embedder): Record<string, unknown> {
  const { name, sha256, mean, std, batchSize, take } = backbone;
  const { output, take: asked, specialTokens = null } = take;
  return { model: { name, sha256, output, take: asked, specialTokens, mean, std }, batchSize, device };
}
