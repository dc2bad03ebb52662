/** Where a model looked: attention or class probabilities of patches on their slide, as pictures. */
import { basename } from 'node:path';
import { checkSlideId, identifyInput } from '../preprocessing/extract-patches.ts';
import { openSlide } from '../slide/open-slide.ts';
import type { Slide } from '../slide/slide.ts';
import { throwIfAborted } from '../utils/abort.ts';
import type { TileError } from '../utils/errors.ts';
import { type FileStageResult, openFileStage } from '../utils/file-stage.ts';
import type { BadTile, RunRecord } from '../utils/run-record.ts';
import { VERSION } from '../utils/version.ts';
import { chooseDownsample } from './heatmap/choose-downsample.ts';
import { createColorTable } from './heatmap/color-maps.ts';
import { describeOverlay, listLegend } from './heatmap/describe-heatmap.ts';
import type { Drawing } from './heatmap/draw-tiles.ts';
import {
  areTilesWhole,
  checkTileFolder,
  HEATMAP_STAGE,
  type HeatmapPaths,
  listEarlierFiles,
  nameFiles,
  removeStale,
  writeOverlay,
  writePictureFile,
} from './heatmap/heatmap-files.ts';
import { normalizeScores } from './heatmap/normalize-scores.ts';
import { type HeatmapConfig, type HeatmapSettings, listLookOptions, resolveHeatmap } from './heatmap/options.ts';
import { type PlacedValues, placeValues } from './heatmap/place-values.ts';
import { identifyValues, readValues } from './heatmap/read-values.ts';
import { renderPicture } from './heatmap/render-picture.ts';
import { rankPatches, renderSheet } from './heatmap/render-sheet.ts';
import { type HeldModel, holdModel } from './mil/hold-model.ts';
import { openOwnStage } from './predict-slides/open-own-stage.ts';

export { COLOR_MAP_NAMES, type ColorMapName } from './heatmap/color-maps.ts';
export { NORMALIZATIONS, type Normalization } from './heatmap/normalize-scores.ts';
export { HEATMAP_DEFAULTS, type HeatmapConfig, type HeatmapLook, type OverlayFormat } from './heatmap/options.ts';

/** How a slide is best opened: a thumbnail and single patches are read, so that few tiles are asked for twice. */
export const HEATMAP_SLIDE_OPTIONS = Object.freeze({ cacheBytes: 2 ** 24 });

/** What a heatmap left. */
export interface HeatmapResult {
  /** `no-patches`: no patch has a number; there are no files then. */
  readonly status: 'done' | 'no-patches';
  /** Whether it was made now, or found done. */
  readonly state: 'fresh' | 'done';
  /** Undefined what was not asked for. */
  readonly picture: string | undefined;
  readonly overlay: string | undefined;
  readonly sheet: string | undefined;
  readonly record: RunRecord;
}

/**
 * Draws the numbers of a slide's patches: `<slideId>.png` on the thumbnail with legend and scale bar, `<slideId>.tiff` or `.dzi` to lay
 * over the slide, `<slideId>.top.png` with the patches of the highest numbers. Where patches overlap a pixel has the mean of theirs.
 * The same inputs give the same bytes on the same machine. Memory: the patches, and a few tiles.
 * @throws OptionError, SourceError, DatasetError, ModelError, SessionError, MissingMppError, OutputError, OutputInUseError,
 *   AbortedError
 */
export async function createHeatmap(config: HeatmapConfig): Promise<HeatmapResult> {
  const settings = resolveHeatmap(config);
  const { slide } = settings;
  if (typeof slide !== 'string') return await createWithModel(slide, settings);
  await using opened = await openSlide(slide, { ...HEATMAP_SLIDE_OPTIONS, ...settings.slideOptions });
  return await createWithModel(opened, settings);
}

async function createWithModel(slide: Slide, settings: HeatmapSettings): Promise<HeatmapResult> {
  const { model, threads, logger } = settings;
  await using held = await holdModel(model, { threads, logger });
  return await createUnderStage({ slide, settings, held });
}

interface Work {
  readonly slide: Slide;
  readonly settings: HeatmapSettings;
  readonly held: HeldModel;
}

async function createUnderStage(work: Work): Promise<HeatmapResult> {
  const { slide, settings, held } = work;
  const { overwrite } = settings;
  const id = checkSlideId(settings.slideId ?? basename(slide.name).replace(/\.[^.]+$/, ''));
  const paths = nameFiles(id, settings);
  const beside = [paths.overlay, paths.sheet].filter((path) => path !== undefined);
  await checkTileFolder(paths, overwrite === true);
  const stage = {
    path: paths.picture,
    beside,
    stage: HEATMAP_STAGE,
    version: VERSION,
    input: await identifyInput(slide),
  };
  const options = { ...(await identifyValues(settings, held.model)), ...listLookOptions(settings) };
  const isSound = (record: RunRecord) => areTilesWhole(paths, record);
  const earlier = await listEarlierFiles(paths);
  const open = overwrite === 'own' ? openOwnStage : openFileStage;
  const opened = await open({ ...stage, options, overwrite: overwrite === true, isSound });
  if (opened.state === 'done') return toResult(opened.record, 'done', paths);
  await using run = opened.run;
  try {
    const made = await makeFiles(work, id, paths);
    await removeStale(earlier, made.outcome === undefined ? paths : undefined);
    return toResult(await run.finish(made), 'fresh', paths);
  } catch (error) {
    // An interrupted run stays `running` in its record.
    throwIfAborted(settings.signal);
    // Nothing of earlier scores stays. What can't be removed or written is not told: the first error is.
    await removeStale(earlier, undefined).catch(() => {});
    await run.fail(error).catch(() => {});
    throw error;
  }
}

function toResult(record: RunRecord, state: 'fresh' | 'done', paths: HeatmapPaths): HeatmapResult {
  if (record.outcome !== undefined)
    return { status: 'no-patches', state, picture: undefined, overlay: undefined, sheet: undefined, record };
  const { picture, overlay, sheet } = paths;
  return { status: 'done', state, picture, overlay, sheet, record };
}

async function makeFiles({ slide, settings, held }: Work, id: string, paths: HeatmapPaths): Promise<FileStageResult> {
  const { signal, onProgress, topK, bottomK, pictureSize: size } = settings;
  const raw = await readValues(settings, { slide, model: held.model, names: [id, basename(slide.name)] });
  await held.release();
  throwIfAborted(signal);
  const placed = placeValues(raw, slide, settings.patchSpan);
  const { patches, withoutValue, notices } = placed;
  const counts = { patches: patches.values.length, withoutValue };
  if (patches.values.length === 0) return { counts, notices, outcome: 'no-patches' };
  const normalized = normalizeScores(patches, settings);
  const drawing = createDrawing(settings, placed, normalized.shares);
  const downsample = settings.downsample ?? chooseDownsample(patches);
  const facts = { patches, normalized, downsample, settings };
  const bad = createBadTileList();
  const job = { slide, drawing, downsample, description: describeOverlay(facts), signal, onProgress };
  const overlay = await writeOverlay(paths, job);
  const common = { onBadTile: bad.add, signal, title: id };
  const sheet =
    paths.sheet &&
    (await writePictureFile(paths.sheet, await renderSheet(slide, { ...common, patches, topK, bottomK })));
  const { toValue } = normalized;
  const picture = await renderPicture(slide, { ...common, drawing, legend: listLegend(facts), toValue, size });
  const range = { low: toValue(0), high: toValue(1) };
  const shown = { name: patches.name, kind: patches.kind, normalize: normalized.normalization, ...range };
  return {
    counts,
    badTiles: bad.tiles,
    notices: [...notices, ...bad.notices],
    outputs: [await writePictureFile(paths.picture, picture)],
    beside: [...overlay.files, ...(sheet ? [sheet] : [])],
    result: { shown, downsample, ...(overlay.tiles && { tiles: overlay.tiles }), highest: listHighest(patches, topK) },
  };
}

function createDrawing(
  { colorMap, alpha, threshold, smooth }: HeatmapSettings,
  { patches }: PlacedValues,
  shares: Float64Array,
): Drawing {
  return { boxes: { ...patches, shares }, colors: { table: createColorTable(colorMap), alpha, threshold }, smooth };
}

/** The patches of the contact sheet, for the record. */
function listHighest({ x, y, values }: PlacedValues['patches'], count: number) {
  return rankPatches(values, count, 1).map((patch) => ({ x: x[patch], y: y[patch], value: values[patch] }));
}

/** Stored tiles that are white in the pictures. */
function createBadTileList() {
  const found = new Map<string, BadTile>();
  return {
    add({ level, col, row, message }: TileError) {
      found.set(`${level}/${col}/${row}`, { level, col, row, message });
    },
    get tiles() {
      return [...found.values()];
    },
    get notices() {
      return found.size === 0 ? [] : [`${found.size} stored tiles can't be read and are white in the pictures`];
    },
  };
}
