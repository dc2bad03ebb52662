import { join, relative, sep } from 'node:path';
import { checkSources, type HeatmapLook, resolveLook } from '../inference/heatmap/options.ts';
import { createHeatmap, HEATMAP_SLIDE_OPTIONS, type HeatmapConfig, type HeatmapResult } from '../inference/heatmap.ts';
import { holdModel } from '../inference/mil/hold-model.ts';
import type { MilModel } from '../inference/mil/open-mil-model.ts';
import { listOpeningNotices } from '../slide/describe-opening.ts';
import { openSlide } from '../slide/open-slide.ts';
import type { SlideOptions } from '../slide/settings.ts';
import { throwIfAborted } from '../utils/abort.ts';
import { writeFileAtomic } from '../utils/atomic-file.ts';
import { formatCsvLine } from '../utils/csv.ts';
import { isSlideloomError } from '../utils/errors.ts';
import type { Logger } from '../utils/log.ts';
import type { BadTile } from '../utils/run-record.ts';
import { eachSlide } from './each-slide.ts';
import { type FindScores, findFeatureFiles, findScoreTables } from './find-scores.ts';
import { openRunFolder } from './run-folder.ts';
import { describeError, mergeSlideOptions, type SlideError } from './run-slide.ts';
import type { SlideInput } from './slide-inputs.ts';

export interface HeatmapSlidesOptions extends HeatmapLook {
  /** From `resolveSlideInputs`. */
  readonly slides: readonly SlideInput[];
  readonly out: string;
  /** A table of scores, or a folder with one for each slide; or features and a model. */
  readonly scores?: string | undefined;
  /** What `embed` left: its folder or its table; a folder of feature files, or one. */
  readonly features?: string | undefined;
  /** A classifier of slides: it is loaded once. */
  readonly model?: string | MilModel | undefined;
  readonly slide?: SlideOptions | undefined;
  readonly threads?: number | undefined;
  readonly overwrite?: HeatmapConfig['overwrite'];
  readonly signal?: AbortSignal | undefined;
  /** Is told of a card that is of another model. */
  readonly logger?: Logger | undefined;
  readonly onEvent?: ((event: HeatmapEvent) => void) | undefined;
}

/** What happens during a run, for progress bars and logs. `slide` counts from 0; progress is of tiles of an overlay. */
export type HeatmapEvent =
  | { readonly kind: 'slide-start'; readonly slide: number; readonly input: SlideInput }
  | { readonly kind: 'progress'; readonly slide: number; readonly done: number; readonly total: number }
  | { readonly kind: 'slide-end'; readonly slide: number; readonly row: HeatmapRow };

/** What became of one slide. Files are below the run's folder. */
export interface HeatmapRow {
  readonly id: string;
  readonly path: string;
  readonly status: 'done' | 'no-patches' | 'failed';
  readonly state: 'fresh' | 'done';
  readonly picture?: string | undefined;
  readonly overlay?: string | undefined;
  readonly sheet?: string | undefined;
  readonly patches: number;
  readonly badTiles: readonly BadTile[];
  readonly notices: readonly string[];
  readonly seconds: number;
  readonly error?: SlideError;
}

export interface HeatmapSlidesResult {
  readonly out: string;
  /** One for each slide, in order. */
  readonly rows: readonly HeatmapRow[];
  /** Path of `heatmaps.csv`. */
  readonly table: string;
  readonly failed: number;
  readonly seconds: number;
}

/** Columns of `heatmaps.csv`. Nothing in it depends on when or how fast a run was. */
export const HEATMAP_COLUMNS = [
  'slide',
  'path',
  'status',
  'picture',
  'overlay',
  'top',
  'patches',
  'bad_tiles',
  'error',
] as const;

/**
 * Heatmaps of many slides, one after another, with one model that is loaded once. A slide that fails does not stop the others; one
 * that is done is left as it is.
 * @throws OptionError, SourceError, DatasetError, ModelError, SessionError for what all slides share; OutputError and
 *   OutputInUseError for the run's own folder; AbortedError
 */
export async function heatmapSlides(options: HeatmapSlidesOptions): Promise<HeatmapSlidesResult> {
  const { slides, model, threads, logger, onEvent } = options;
  resolveLook(options);
  checkSources(options);
  const clock = performance.now();
  const { scores, features = '' } = options;
  const find = await (scores === undefined ? findFeatureFiles(features, slides) : findScoreTables(scores, slides));
  await using held = await holdModel(model, { threads, logger });
  await using folder = await openRunFolder(options.out, options.signal);
  const { out, signal } = folder;
  const rows = await eachSlide<HeatmapRow>({ slides, signal, onEvent }, (input, slide) => {
    const onProgress = (done: number, total: number) => onEvent?.({ kind: 'progress', slide, done, total });
    return heatmapOne(input, { options, out, find, model: held.model, signal, onProgress });
  });
  folder.checkHeld();
  const table = join(out, 'heatmaps.csv');
  await writeFileAtomic(table, formatCsvLine(HEATMAP_COLUMNS) + rows.map(formatRow).join(''));
  const failed = rows.filter(({ status }) => status === 'failed').length;
  return { out, rows, table, failed, seconds: (performance.now() - clock) / 1000 };
}

interface SlideRun {
  readonly options: HeatmapSlidesOptions;
  readonly out: string;
  readonly find: FindScores;
  readonly model: MilModel | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/** Never throws for what is the slide's fault: the row says what went wrong. */
async function heatmapOne(input: SlideInput, run: SlideRun): Promise<HeatmapRow> {
  const clock = performance.now();
  const { id, path } = input;
  const base = { id, path, state: 'fresh', patches: 0, badTiles: [], notices: [] } as const;
  const measure = () => (performance.now() - clock) / 1000;
  try {
    const source = run.find(input);
    if (!source) return { ...base, status: 'no-patches', seconds: measure() };
    const opening = { ...HEATMAP_SLIDE_OPTIONS, ...mergeSlideOptions(run.options.slide, input) };
    await using slide = await openSlide(input.address ?? path, opening);
    const { slides: _slides, slide: slideOptions, onEvent: _onEvent, ...look } = run.options;
    const { out, model, signal, onProgress } = run;
    const shared = { ...look, slideOptions, out, slideId: id, signal, onProgress };
    const result = await createHeatmap({
      ...shared,
      slide,
      ...('scores' in source ? { ...source, features: undefined } : { ...source, scores: undefined }),
      model: 'features' in source ? model : undefined,
    });
    const notices = [...listOpeningNotices(slide), ...result.record.notices];
    return { ...base, ...describeResult(result, out), notices, seconds: measure() };
  } catch (error) {
    if (isSlideloomError(error, 'aborted')) throw error;
    throwIfAborted(run.signal);
    return { ...base, status: 'failed', seconds: measure(), error: describeError(error) };
  }
}

function describeResult({ status, state, picture, overlay, sheet, record }: HeatmapResult, out: string) {
  const place = (path: string | undefined) => path && relative(out, path).split(sep).join('/');
  const files = { picture: place(picture), overlay: place(overlay), sheet: place(sheet) };
  return { status, state, ...files, patches: record.counts['patches'] ?? 0, badTiles: record.badTiles };
}

function formatRow({ id, path, status, picture, overlay, sheet, patches, badTiles, error }: HeatmapRow): string {
  return formatCsvLine([id, path, status, picture, overlay, sheet, patches, badTiles.length, error?.message]);
}
