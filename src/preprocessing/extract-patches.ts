import { basename, join, resolve } from 'node:path';
import { openFileSource } from '../io/source/file-source.ts';
import { getReopenOptions } from '../slide/describe-opening.ts';
import { openSlide } from '../slide/open-slide.ts';
import type { SlideOptions } from '../slide/settings.ts';
import type { Slide } from '../slide/slide.ts';
import { sweepTemporary } from '../utils/atomic-file.ts';
import { OptionError } from '../utils/errors.ts';
import { quickHash } from '../utils/hash.ts';
import { acquireLease } from '../utils/lease.ts';
import type { InputIdentity, RunRecord } from '../utils/run-record.ts';
import { describeOptions } from './extract-patches/describe-options.ts';
import { PATCH_OUTPUTS, type PatchCounts } from './extract-patches/finish-outputs.ts';
import { createListPlan, type PatchCorners } from './extract-patches/list-plan.ts';
import type { PlanOptions } from './extract-patches/options.ts';
import type { BadTile } from './extract-patches/patch-job.ts';
import type { PatchPlan } from './extract-patches/patch-plan.ts';
import { checkWorkerMemory, createPatchPool } from './extract-patches/patch-pool.ts';
import type { PatchPool } from './extract-patches/patch-stage.ts';
import { type PatchStain, resolvePatchStain } from './extract-patches/patch-stain.ts';
import { type PatchRecord, readPatchTable } from './extract-patches/patch-table.ts';
import { planPatches } from './extract-patches/plan/plan-patches.ts';
import { type PatchPixels, readPatches } from './extract-patches/read-patches.ts';
import { checkWriteOptions, type WriteOptions } from './extract-patches/run-options.ts';
import { runPatchStage } from './extract-patches/run-patch-stage.ts';
import { checkDepth } from './extract-patches/sample-cutter.ts';
import { checkStainOutput, type PatchStainOptions } from './extract-patches/stain-options.ts';
import { type StreamedPatch, type StreamOptions, streamPatches } from './extract-patches/stream-patches.ts';
import type { LabelSource } from './patch-labels/open-label-source.ts';
import type { LabelOptions } from './patch-labels/options.ts';
import type { TissueMask, TissueResult } from './tissue-detection/tissue-mask.ts';

export {
  createPatchPool,
  type PatchPixels,
  planPatches,
  readPatches,
  type StreamedPatch,
  type StreamOptions,
  streamPatches,
};

export interface ExtractOptions extends PlanOptions, WriteOptions {
  /** Folder of the outputs; made when missing. */
  out: string;
  /** Which parts are tissue; every grid position without it. */
  tissue?: TissueResult | TissueMask | undefined;
  /** Cut exactly these patches, level-0 corners, instead of a grid; `tissue` then has no say. */
  coords?: PatchCorners | undefined;
  /**
   * Gives each patch a label and the shares of the classes, by a mask or by annotations. Another mask, or rule, does the labels
   * anew and leaves patch files as they are; shards, which have the labels in them, are written anew.
   */
  labels?: LabelOptions | undefined;
  /**
   * Normalises stains: by default from those of the slide, whose profile is kept in `out` and used again, to the method's own
   * reference. Another method, target or profile cuts all patches anew.
   */
  stain?: PatchStainOptions | undefined;
  /** Begins the files' names. Default: the slide's file name without extension. */
  slideId?: string | undefined;
  /** How the slide is opened, when a path is given. */
  slide?: SlideOptions | undefined;
  /** Threads; one a core by default. */
  workers?: number | undefined;
  /** Most bytes that a worker may use for decoded bands, patches and files. */
  workerMemory?: number | undefined;
  /** A pool to use instead, for many slides; the caller closes it. */
  pool?: PatchPool | undefined;
  signal?: AbortSignal | undefined;
  /** Called while labels are counted, before the first patch is cut, with how many patches of all have theirs. */
  onLabelled?: ((done: number, total: number) => void) | undefined;
  onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface ExtractResult {
  /** `no-patches`: nothing passed the tissue rule, or all of it was left out for bad tiles. */
  readonly status: 'done' | 'no-patches';
  /** Whether the work was done now, taken up from a run that was stopped, or found done. */
  readonly state: 'fresh' | 'resume' | 'done';
  readonly folder: string;
  /** Path of `patches.csv`. */
  readonly table: string;
  readonly counts: PatchCounts;
  readonly badTiles: readonly BadTile[];
  /** Stored tiles that were read for the patches cut now; undefined where none were, or where a slide's cache decided. */
  readonly tilesRead: number | undefined;
  /** As written to `record.json`. */
  readonly record: RunRecord;
  /** The rows of the table, one at a time; paths, never pixels. */
  readRecords(): AsyncGenerator<PatchRecord>;
}

/**
 * Cuts patches out of a slide and writes them with a table, an overview picture and a run record into `out`. A run that
 * was stopped is taken up by calling it again with the same options; another run's outputs in the folder are replaced.
 * @throws OptionError, MissingMppError, TileError, MaskError, AnnotationError, OutputError, OutputInUseError, WorkerError, AbortedError
 */
export async function extractPatches(input: string | Slide, options: ExtractOptions): Promise<ExtractResult> {
  if (typeof input !== 'string') return extractFromSlide(input, options);
  await using slide = await openSlide(input, options.slide);
  return await extractFromSlide(slide, options);
}

async function extractFromSlide(slide: Slide, options: ExtractOptions): Promise<ExtractResult> {
  const folder = resolve(options.out);
  await using _lease = await acquireLease(folder);
  await sweepTemporary(folder);
  return await extractUnderLease(slide, { ...options, out: folder });
}

/** As `extractPatches`, for a caller that holds the lease of `out` or of a folder above it. */
export async function extractUnderLease(slide: Slide, options: ExtractOptions): Promise<ExtractResult> {
  const { out: folder, signal, onLabelled, onProgress } = options;
  const write = checkWriteOptions(options);
  checkDepth(slide, write);
  if (options.stain) checkStainOutput(write);
  const plan = createPlan(slide, options);
  const stain = await findStain(slide, plan, options);
  await using labels = await openLabels(slide, plan, options);
  let ownPool: PatchPool | undefined;
  const workerMemory = options.pool?.workerMemory ?? checkWorkerMemory(options.workerMemory);
  let tilesRead: number | undefined;
  const createOwnPool = () => (ownPool = createPatchPool(options));
  try {
    const { record, state } = await runPatchStage({
      slide,
      slideId: checkSlideId(options.slideId ?? basename(slide.name).replace(/\.[^.]+$/, '')),
      slideOptions: getReopenOptions(slide, options.slide),
      plan,
      folder,
      write,
      input: await identifyInput(slide),
      recordOptions: describeOptions(slide, plan, { ...options, ...write, labelling: labels?.recordOptions, stain }),
      labels,
      stain,
      createPool: () => options.pool ?? createOwnPool(),
      onCut: async () => ownPool?.close(),
      workerMemory,
      onTilesRead: (tiles) => {
        if (tiles !== undefined) tilesRead = (tilesRead ?? 0) + tiles;
      },
      signal,
      onLabelled,
      onProgress,
    });
    const table = join(folder, PATCH_OUTPUTS.table);
    const status = record.outcome === 'no-patches' ? 'no-patches' : 'done';
    const counts = record.counts as PatchCounts;
    return {
      tilesRead,
      record,
      status,
      state,
      folder,
      table,
      counts,
      badTiles: record.badTiles,
      readRecords: () => readPatchTable(table),
    };
  } finally {
    await ownPool?.close();
  }
}

function createPlan(slide: Slide, options: ExtractOptions): PatchPlan {
  return options.coords ? createListPlan(slide, options.coords, options) : planPatches(slide, options.tissue, options);
}

async function findStain(slide: Slide, plan: PatchPlan, options: ExtractOptions): Promise<PatchStain | undefined> {
  if (!options.stain) return undefined;
  const { tissue, out: cacheFolder, onBadTile, signal } = options;
  const mask = tissue && ('mask' in tissue ? tissue.mask : tissue);
  const hasPatches = plan[Symbol.iterator]().next().done !== true;
  return resolvePatchStain(slide, options.stain, { mask, cacheFolder, hasPatches, onBadTile, signal });
}

/** Most runs have no labels: what reads masks is loaded by those that do. */
async function openLabels(
  slide: Slide,
  { geometry }: PatchPlan,
  { labels }: ExtractOptions,
): Promise<LabelSource | undefined> {
  if (!labels) return undefined;
  const { openLabelSource } = await import('./patch-labels/open-label-source.ts');
  return openLabelSource(slide, geometry, labels);
}

/** It begins file names: it must not lead anywhere else. */
export function checkSlideId(slideId: string): string {
  if (slideId !== '' && !/[/\\\0]/.test(slideId)) return slideId;
  throw new OptionError('slideId', 'a name without slashes', slideId);
}

/** What a record says of the slide's file. */
export async function identifyInput(slide: Slide): Promise<InputIdentity> {
  const { size, mtimeMs, etag } = slide.identity;
  const identity = {
    name: basename(slide.name),
    size,
    quickHash: await (slide.computeQuickHash?.() ?? hashSlideFile(slide)),
  };
  return { ...identity, ...(mtimeMs !== undefined && { mtimeMs }), ...(etag !== undefined && { etag }) };
}

async function hashSlideFile({ name }: Slide): Promise<string> {
  await using source = await openFileSource(name);
  return await quickHash(source);
}
