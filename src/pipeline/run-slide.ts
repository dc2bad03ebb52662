import { join } from 'node:path';
import type { PlanOptions } from '../preprocessing/extract-patches/options.ts';
import type { BadTile } from '../preprocessing/extract-patches/patch-job.ts';
import type { PatchPool } from '../preprocessing/extract-patches/patch-stage.ts';
import type { WriteOptions } from '../preprocessing/extract-patches/run-options.ts';
import type { PatchStainOptions } from '../preprocessing/extract-patches/stain-options.ts';
import { listStainCounts, type StainCount } from '../preprocessing/extract-patches/stain-outcome.ts';
import { extractUnderLease, identifyInput } from '../preprocessing/extract-patches.ts';
import { type LabelCount, listLabelCounts } from '../preprocessing/patch-labels/label-counts.ts';
import type { LabelOptions } from '../preprocessing/patch-labels/options.ts';
import type { TissueOptions } from '../preprocessing/tissue-detection/options.ts';
import { listOpeningNotices } from '../slide/describe-opening.ts';
import { formatMpp } from '../slide/mpp.ts';
import { openSlide } from '../slide/open-slide.ts';
import type { SlideOptions } from '../slide/settings.ts';
import type { Mpp, Slide } from '../slide/slide.ts';
import { isSlideloomError } from '../utils/errors.ts';
import { locateLabels } from './locate-labels.ts';
import { locateTissue } from './locate-tissue.ts';
import type { SlideInput } from './slide-inputs.ts';
import { runTissueStage } from './tissue-stage.ts';

/** What is done to each slide. */
export interface SlideWork {
  /** How it is opened; a pixel size of the slide's own input comes first. */
  readonly slide?: SlideOptions | undefined;
  /** `false`: no tissue detection, patches everywhere. */
  readonly tissue: TissueOptions | false;
  /** `false`: tissue only. */
  readonly patches: (PlanOptions & WriteOptions) | false;
  readonly onBadTile: WriteOptions['onBadTile'];
  /**
   * Labels of the patches. `mask` and `annotations` may be a file, a folder with a file of each slide's name, or a path with
   * `{stem}` where that name goes.
   */
  readonly labels?: LabelOptions | undefined;
  /** Normalises the stains of the patches. With `fit: 'cohort'` all slides are looked at before the first is cut. */
  readonly stain?: PatchStainOptions | undefined;
}

/** What a slide goes through; labels are counted before its patches are cut. */
export type RunStage = 'tissue' | 'labels' | 'patches';

export interface SlideRun extends SlideWork {
  readonly input: SlideInput;
  /** The slide's own folder. */
  readonly folder: string;
  readonly pool: () => PatchPool;
  /** What is known of the slide before it is opened. */
  readonly notices?: readonly string[] | undefined;
  /** That of the pool's workers. */
  readonly workerMemory?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((stage: RunStage, done: number, total: number) => void) | undefined;
}

/** One row of the manifest: every slide of a run gets one, whatever becomes of it. */
export interface SlideRow {
  readonly id: string;
  readonly path: string;
  readonly status: 'done' | 'no-tissue' | 'failed';
  /** Whether anything was done now; `done` where an earlier run had finished all. */
  readonly state: 'fresh' | 'resume' | 'done';
  readonly slide?: SlideFacts;
  readonly tissue?: { readonly fraction: number; readonly areaMm2: number | undefined; readonly polygons: number };
  readonly patches?: {
    readonly written: number;
    readonly skipped: number;
    readonly whitened: number;
    /** In a run with labels. */
    readonly labels?: readonly LabelCount[] | undefined;
    /** In a run that normalises stains. */
    readonly stains?: readonly StainCount[] | undefined;
  };
  readonly badTiles: readonly BadTile[];
  /** What was decided on the user's behalf. */
  readonly notices: readonly string[];
  readonly seconds: number;
  /** Stored tiles that were read for the patches cut now: each once, where patches lie on tiles. */
  readonly tilesRead?: number;
  /** Of the process, while this slide's stages ran; of an earlier run's where that had done them. */
  readonly peakMemoryBytes?: number;
  readonly error?: SlideError;
}

/** Why a slide failed, and what to do. */
export interface SlideError {
  readonly tag: string;
  readonly message: string;
  readonly hint?: string;
}

export interface SlideFacts {
  readonly format: string;
  readonly width: number;
  readonly height: number;
  readonly levels: number;
  readonly mpp: Mpp | undefined;
}

/** Folders of the stages below a slide's folder. */
export const STAGE_FOLDERS = { tissue: 'tissue', patches: 'patches' } as const;

/** Takes one slide through its stages. Never throws for what is the slide's fault: the row says what went wrong. */
export async function runSlide(run: SlideRun): Promise<SlideRow> {
  const clock = performance.now();
  const { id, path } = run.input;
  const { notices = [] } = run;
  const row: Mutable<SlideRow> = { id, path, status: 'done', state: 'done', badTiles: [], notices, seconds: 0 };
  try {
    await using slide = await openSlide(run.input.address ?? run.input.path, mergeSlideOptions(run.slide, run.input));
    row.slide = describeSlide(slide);
    row.notices = [...listOpeningNotices(slide), ...listNotices(slide), ...notices];
    await runStages(slide, run, row);
  } catch (error) {
    if (isSlideloomError(error, 'aborted')) throw error;
    row.status = 'failed';
    row.error = describeError(error);
    if (isSlideloomError(error, 'tile') && row.badTiles.length === 0) {
      const { level, col, row: tileRow, message } = error as unknown as BadTile;
      row.badTiles = [{ level, col, row: tileRow, message }];
    }
  }
  row.seconds = (performance.now() - clock) / 1000;
  return row;
}

/** Of the run and of one input. */
export function mergeSlideOptions(slide: SlideOptions | undefined, { mpp }: SlideInput): SlideOptions {
  return { ...slide, mpp: mpp ?? slide?.mpp };
}

async function runStages(slide: Slide, run: SlideRun, row: Mutable<SlideRow>): Promise<void> {
  const { folder, signal, onBadTile } = run;
  const tissue = run.tissue === false ? undefined : await findTissue(slide, run, row);
  if (run.patches === false) return;
  const result = await extractUnderLease(slide, {
    ...run.patches,
    onBadTile,
    out: join(folder, STAGE_FOLDERS.patches),
    slideId: run.input.id,
    slide: run.slide,
    labels: run.labels && (await locateLabels(run.labels, run.input.path)),
    tissue,
    stain: run.stain,
    pool: run.pool(),
    workerMemory: run.workerMemory,
    signal,
    onLabelled: (done, total) => run.onProgress?.('labels', done, total),
    onProgress: (done, total) => run.onProgress?.('patches', done, total),
  });
  const { written, skipped, whitened } = result.counts;
  const labels = listLabelCounts(result.counts);
  const stains = listStainCounts(result.counts);
  row.patches = { written, skipped, whitened, ...(labels && { labels }), ...(stains && { stains }) };
  if (result.tilesRead !== undefined) row.tilesRead = result.tilesRead;
  row.notices = [...row.notices, ...result.record.notices];
  row.badTiles = mergeBadTiles(row.badTiles, result.badTiles);
  row.state = mergeStates(row.state, result.state);
  row.peakMemoryBytes = Math.max(row.peakMemoryBytes ?? 0, result.record.volatile.peakMemoryBytes ?? 0);
}

async function findTissue(slide: Slide, run: SlideRun, row: Mutable<SlideRow>) {
  const { signal, onBadTile } = run;
  const folder = join(run.folder, STAGE_FOLDERS.tissue);
  run.onProgress?.('tissue', 0, 1);
  const options = (await locateTissue(run.tissue, run.input)) || undefined;
  const input = await identifyInput(slide);
  const { tissue, record, state } = await runTissueStage({ slide, folder, input, options, onBadTile, signal });
  run.onProgress?.('tissue', 1, 1);
  row.tissue = { fraction: tissue.fraction, areaMm2: tissue.areaMm2, polygons: tissue.polygons.length };
  row.notices = [...row.notices, ...record.notices];
  row.badTiles = record.badTiles;
  row.state = state;
  row.peakMemoryBytes = record.volatile.peakMemoryBytes ?? 0;
  if (tissue.status === 'no-tissue') row.status = 'no-tissue';
  return tissue;
}

function describeSlide({ format, width, height, levels, mpp }: Slide): SlideFacts {
  return { format, width, height, levels: levels.length, mpp };
}

function listNotices({ mpp, objectivePower }: Slide): string[] {
  if (mpp?.source === 'objective') {
    return [
      `the pixel size, ${formatMpp(mpp)}, is estimated from the ${objectivePower}x objective, as asked; --mpp overrides it`,
    ];
  }
  if (mpp?.source === 'resolution-tag')
    return [`the pixel size, ${formatMpp(mpp)}, comes from the TIFF resolution tags`];
  return [];
}

/** An error as data, for rows and reports. */
export function describeError(error: unknown): SlideError {
  if (!isSlideloomError(error)) {
    return { tag: 'unexpected', message: error instanceof Error ? error.message : String(error) };
  }
  const { tag, message, hint } = error;
  return hint === undefined ? { tag, message } : { tag, message, hint };
}

function mergeBadTiles(first: readonly BadTile[], second: readonly BadTile[]): BadTile[] {
  const known = new Map([...first, ...second].map((tile) => [`${tile.level}/${tile.col}/${tile.row}`, tile]));
  return [...known.values()].sort((a, b) => a.level - b.level || a.row - b.row || a.col - b.col);
}

function mergeStates(first: SlideRow['state'], second: SlideRow['state']): SlideRow['state'] {
  if (first === 'resume' || second === 'resume') return 'resume';
  return first === 'fresh' || second === 'fresh' ? 'fresh' : 'done';
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
