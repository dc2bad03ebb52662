import { join, relative, sep } from 'node:path';
import { type EmbedCounts, type Embedder, type EmbedOptions, embedSlide, openEmbedder } from '../inference/embed.ts';
import type { BadTile } from '../preprocessing/extract-patches/patch-job.ts';
import type { PatchPool } from '../preprocessing/extract-patches/patch-stage.ts';
import type { PatchStainOptions } from '../preprocessing/extract-patches/stain-options.ts';
import { createPatchPool, identifyInput } from '../preprocessing/extract-patches.ts';
import type { TissueOptions } from '../preprocessing/tissue-detection/options.ts';
import { listOpeningNotices } from '../slide/describe-opening.ts';
import { openSlide } from '../slide/open-slide.ts';
import type { Slide } from '../slide/slide.ts';
import { toAbortError } from '../utils/abort.ts';
import { writeFileAtomic } from '../utils/atomic-file.ts';
import { formatCsvLine } from '../utils/csv.ts';
import { isSlideloomError } from '../utils/errors.ts';
import type { Logger } from '../utils/log.ts';
import { eachSlide } from './each-slide.ts';
import { locateTissue } from './locate-tissue.ts';
import type { PreparedStain } from './prepare-stain.ts';
import { openRunFolder } from './run-folder.ts';
import { describeError, mergeSlideOptions, type SlideError, STAGE_FOLDERS } from './run-slide.ts';
import type { SlideInput } from './slide-inputs.ts';
import { runTissueStage } from './tissue-stage.ts';

export interface EmbedSlidesOptions
  extends Omit<EmbedOptions, 'model' | 'tissue' | 'coords' | 'slideId' | 'pool' | 'onProgress'> {
  /** From `resolveSlideInputs`. */
  readonly slides: readonly SlideInput[];
  /** An ONNX file: it is loaded once. */
  readonly model: string;
  /** The same, where it is open already; the caller closes it. */
  readonly embedder?: Embedder | undefined;
  /** `false`: no tissue detection, patches everywhere. */
  readonly tissue: TissueOptions | false;
  readonly logger?: Logger | undefined;
  readonly onEvent?: ((event: EmbedEvent) => void) | undefined;
}

/** What happens during a run, for progress bars and logs. `slide` counts from 0. */
export type EmbedEvent =
  /** Before the first slide, where the stains of a cohort are looked for. */
  | { readonly kind: 'stains'; readonly done: number; readonly total: number }
  | { readonly kind: 'slide-start'; readonly slide: number; readonly input: SlideInput }
  | { readonly kind: 'progress'; readonly slide: number; readonly done: number; readonly total: number }
  | { readonly kind: 'slide-end'; readonly slide: number; readonly row: EmbedRow };

/** What became of one slide. */
export interface EmbedRow {
  readonly id: string;
  readonly path: string;
  readonly status: 'done' | 'no-patches' | 'failed';
  /** Whether anything was done now; `done` where an earlier run had finished it. */
  readonly state: 'fresh' | 'done';
  /** Below the run's folder; the first one has the features. */
  readonly files: readonly string[];
  readonly counts?: EmbedCounts;
  readonly badTiles: readonly BadTile[];
  readonly notices: readonly string[];
  readonly seconds: number;
  readonly error?: SlideError;
}

export interface EmbedSlidesResult {
  readonly out: string;
  /** One for each slide, in order. */
  readonly rows: readonly EmbedRow[];
  /** Path of `features.csv`. */
  readonly table: string;
  readonly failed: number;
  readonly seconds: number;
}

/** Columns of `features.csv`. Nothing in it depends on when or how fast a run was. */
export const FEATURE_COLUMNS = [
  ...['slide', 'path', 'status', 'features', 'patches', 'dimension', 'skipped', 'whitened', 'bad_tiles', 'error'],
] as const;

/**
 * Tissue, then features of many slides, one after another, with one model that is loaded once. A slide that fails does not stop the
 * others; one that is done is left as it is.
 * @throws OptionError, ModelError, SessionError, StainError, OutputError and OutputInUseError for the run's own folder; AbortedError
 */
export async function embedSlides(options: EmbedSlidesOptions): Promise<EmbedSlidesResult> {
  const clock = performance.now();
  if (options.embedder) return embedWith(options.embedder, options, clock);
  await using embedder = await openEmbedder(options);
  return await embedWith(embedder, options, clock);
}

async function embedWith(embedder: Embedder, options: EmbedSlidesOptions, clock: number): Promise<EmbedSlidesResult> {
  const { slides, workers, workerMemory, onEvent } = options;
  await using folder = await openRunFolder(options.out, options.signal);
  const { out, signal } = folder;
  const found = await findStain(options, out, signal);
  await using pool = createPatchPool({ workers, workerMemory });
  const rows = await eachSlide<EmbedRow>({ slides, signal, onEvent }, (input, slide) => {
    const onProgress = (done: number, total: number) => onEvent?.({ kind: 'progress', slide, done, total });
    const notice = found?.notices.get(input.id);
    const known = { stain: found?.options, notices: notice === undefined ? [] : [notice] };
    return embedOne(input, { ...options, ...known, out, embedder, pool, signal, onProgress });
  });
  folder.checkHeld();
  const table = join(out, 'features.csv');
  await writeFileAtomic(table, formatCsvLine(FEATURE_COLUMNS) + rows.map(formatRow).join(''));
  const failed = rows.filter(({ status }) => status === 'failed').length;
  return { out, rows, table, failed, seconds: (performance.now() - clock) / 1000 };
}

/** Most runs have none. */
async function findStain(
  { stain, slides, slide, tissue, onBadTile, onEvent }: EmbedSlidesOptions,
  out: string,
  signal: AbortSignal,
): Promise<PreparedStain | undefined> {
  if (!stain) return undefined;
  const { prepareStain } = await import('./prepare-stain.ts');
  const onFitted = (done: number) => onEvent?.({ kind: 'stains', done, total: slides.length });
  return prepareStain({ slides, slide, tissue, patches: false, onBadTile, stain, out, signal, onFitted });
}

interface SlideRun extends EmbedSlidesOptions {
  readonly stain: PatchStainOptions | undefined;
  /** What is known of the slide before it is opened. */
  readonly notices: readonly string[];
  readonly embedder: Embedder;
  readonly pool: PatchPool;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/** Never throws for what is the slide's fault: the row says what went wrong. */
async function embedOne(input: SlideInput, run: SlideRun): Promise<EmbedRow> {
  const clock = performance.now();
  const { id, path } = input;
  const base = { id, path, state: 'fresh', files: [], badTiles: [], notices: run.notices } as const;
  const measure = () => (performance.now() - clock) / 1000;
  try {
    await using slide = await openSlide(input.address ?? path, mergeSlideOptions(run.slide, input));
    const { tissue: how, embedder: model, slides: _slides, logger: _logger, onEvent: _onEvent, ...given } = run;
    const { notices: known, ...options } = given;
    const tissue = how === false ? undefined : await findTissue(slide, input, { ...run, tissue: how });
    const result = await embedSlide(slide, { ...options, model, tissue, slideId: id });
    const { status, state, counts, badTiles, record } = result;
    const files = result.files.map((file) => relative(run.out, file).split(sep).join('/'));
    const notices = [...listOpeningNotices(slide), ...known, ...record.notices];
    return { ...base, status, state, files, counts, badTiles, notices, seconds: measure() };
  } catch (error) {
    if (isSlideloomError(error, 'aborted')) throw error;
    // Whoever stopped the run may have given any reason.
    if (run.signal.aborted) throw toAbortError(run.signal.reason);
    return { ...base, status: 'failed', seconds: measure(), error: describeError(error) };
  }
}

async function findTissue(slide: Slide, input: SlideInput, run: SlideRun & { readonly tissue: TissueOptions }) {
  const { out, onBadTile, signal } = run;
  const folder = join(out, input.id, STAGE_FOLDERS.tissue);
  const options = await locateTissue(run.tissue, input);
  const stage = { slide, folder, input: await identifyInput(slide), options, onBadTile, signal };
  return (await runTissueStage(stage)).tissue;
}

function formatRow({ id, path, status, files, counts, badTiles, error }: EmbedRow): string {
  const { embedded, dimension, skipped, whitened } = counts ?? {};
  return formatCsvLine([
    ...[id, path, status, files[0], embedded, dimension, skipped, whitened, badTiles.length, error?.message],
  ]);
}
