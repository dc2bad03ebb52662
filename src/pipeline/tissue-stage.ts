import { basename, join } from 'node:path';
import { type BadTilePolicy, WRITE_DEFAULTS } from '../preprocessing/extract-patches/run-options.ts';
import { identifyLabelFile } from '../preprocessing/patch-labels/identify-label-file.ts';
import { settleTissueOptions } from '../preprocessing/tissue-detection/draw-tissue.ts';
import { encodeTissuePng } from '../preprocessing/tissue-detection/encode-tissue-png.ts';
import type { TissueOptions } from '../preprocessing/tissue-detection/options.ts';
import { resolveTissueOptions } from '../preprocessing/tissue-detection/options.ts';
import { renderTissueOverlay } from '../preprocessing/tissue-detection/render-tissue-overlay.ts';
import { createTissueGeoJson } from '../preprocessing/tissue-detection/tissue-geojson.ts';
import type { TissueResult } from '../preprocessing/tissue-detection/tissue-mask.ts';
import {
  type DetectedTissue,
  detectTissue,
  fitTissueOptions,
  listTissueNotices,
} from '../preprocessing/tissue-detection.ts';
import { describeOpening } from '../slide/describe-opening.ts';
import type { Slide } from '../slide/slide.ts';
import { type WrittenFile, writeFileAtomic } from '../utils/atomic-file.ts';
import { AbortedError, type TileError } from '../utils/errors.ts';
import { type OpenedStage, openStage } from '../utils/open-stage.ts';
import type { BadTile, InputIdentity, OutputFile, RunRecord } from '../utils/run-record.ts';
import { VERSION } from '../utils/version.ts';
import { readTissueOutputs, TISSUE_OUTPUTS } from './read-tissue.ts';

export interface TissueStage {
  readonly slide: Slide;
  /** The stage's own folder; the caller holds its lease. */
  readonly folder: string;
  readonly input: InputIdentity;
  readonly options?: TissueOptions | undefined;
  /** `fail` stops the slide; under `skip` and `white` a bad tile counts as glass and is listed. */
  readonly onBadTile?: BadTilePolicy | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface TissueStageResult {
  readonly tissue: TissueResult;
  readonly record: RunRecord;
  readonly state: OpenedStage['state'];
}

/**
 * Finds the tissue of a slide and writes mask, polygons and overlay with a record, or finds that all is done. The tissue it
 * returns was read back from these files, so that a resumed run goes on with the very same numbers.
 * @throws MissingMppError, LevelError, TileError, OutputError, AbortedError
 */
export async function runTissueStage(stage: TissueStage): Promise<TissueStageResult> {
  const { slide, folder, input, signal } = stage;
  const onBadTile = stage.onBadTile ?? WRITE_DEFAULTS.onBadTile;
  const chosen = await settleTissueOptions(stage.options ?? {});
  const options = {
    ...(await describeTissueOptions(slide, chosen)),
    onBadTile,
    slideMpp: slide.mpp ?? null,
    ...describeOpening(slide),
  };
  const opened = await openStage({ folder, stage: 'tissue', version: VERSION, input, options });
  if (opened.state === 'done') {
    return { tissue: await readTissueOutputs(folder, opened.record), record: opened.record, state: 'done' };
  }
  using run = opened.run;
  const badTiles = new Map<string, BadTile>();
  const collect = (error: TileError) => {
    const { level, col, row, message } = error;
    badTiles.set(`${level}/${col}/${row}`, { level, col, row, message });
  };
  const read = { ...(signal && { signal }), ...(onBadTile !== 'fail' && { onBadTile: collect }) };
  try {
    const tissue = await detectTissue(slide, { ...chosen, ...read });
    const outputs = await writeTissueOutputs(stage, tissue);
    const outcome = tissue.status === 'no-tissue' ? { outcome: 'no-tissue' } : {};
    const found = [...badTiles.values()];
    const notices = listNotices(slide, stage.options, chosen);
    const record = await run.finish({ counts: countTissue(tissue), outputs, badTiles: found, notices, ...outcome });
    return { tissue: await readTissueOutputs(folder, record), record, state: opened.state };
  } catch (error) {
    // The first error is the one to tell: where not even the record can be written, it stays `running`.
    if (!(error instanceof AbortedError)) await run.fail(error, { badTiles: [...badTiles.values()] }).catch(() => {});
    throw error;
  }
}

async function writeTissueOutputs({ slide, folder }: TissueStage, tissue: DetectedTissue): Promise<OutputFile[]> {
  const geojson = `${JSON.stringify(createTissueGeoJson(tissue, slide))}\n`;
  const files: WrittenFile[] = [
    await writeFileAtomic(join(folder, TISSUE_OUTPUTS.mask), await encodeTissuePng(tissue.mask)),
    await writeFileAtomic(join(folder, TISSUE_OUTPUTS.polygons), geojson),
    // Tiles of the thumbnail's level that can't be read are the record's business, not the picture's.
    await writeFileAtomic(
      join(folder, TISSUE_OUTPUTS.overlay),
      await renderTissueOverlay(slide, tissue, { onBadTile: () => {} }),
    ),
  ];
  return files.map(({ path, bytes, sha256 }) => ({ path: path.slice(folder.length + 1), size: bytes, sha256 }));
}

/** Numbers that `readTissueOutputs` needs besides the files, and that a manifest shows. */
function countTissue({ mask, fraction, areaMm2, polygons }: DetectedTissue): Record<string, number> {
  const { x, y } = mask.downsample;
  const area = areaMm2 === undefined ? {} : { areaMm2 };
  return {
    maskWidth: mask.width,
    maskHeight: mask.height,
    downsampleX: x,
    downsampleY: y,
    fraction,
    ...area,
    polygons: polygons.length,
  };
}

/** What a run should tell of one slide whose tissue is not that of the others. */
function listNotices(slide: Slide, given: TissueOptions | undefined, chosen: TissueOptions): string[] {
  if (chosen.polygons !== undefined)
    return [`its tissue is that of ${basename(chosen.polygons)}: nothing was looked for`];
  const missing = given?.polygons === undefined ? [] : ['there are no polygons for it: its tissue was looked for'];
  return [...missing, ...listTissueNotices(slide, chosen)];
}

/** The options with defaults and presets filled in, without what is no data. Of a file of polygons its content counts. */
async function describeTissueOptions(slide: Slide, options: TissueOptions): Promise<Record<string, unknown>> {
  if (options.polygons !== undefined) {
    const { mpp, level, maxPixels } = resolveTissueOptions(options);
    return {
      mpp,
      ...(level !== undefined && { level }),
      maxPixels,
      polygons: await identifyLabelFile(options.polygons),
    };
  }
  const {
    signal: _signal,
    onBadTile: _onBadTile,
    // It has no say in the outputs.
    mode: _mode,
    ...resolved
  } = resolveTissueOptions(fitTissueOptions(slide, options));
  const { background, ...settings } = resolved;
  return { ...settings, ...(background === 'dark' && { background }) };
}
