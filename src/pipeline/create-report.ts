import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { PATCH_OUTPUTS } from '../preprocessing/extract-patches/finish-outputs.ts';
import { resolvePlanOptions } from '../preprocessing/extract-patches/plan/resolve-options.ts';
import { checkWriteOptions } from '../preprocessing/extract-patches/run-options.ts';
import { checkStainOptions, type PatchStainOptions } from '../preprocessing/extract-patches/stain-options.ts';
import { checkLabelOptions } from '../preprocessing/patch-labels/options.ts';
import { resolveTissueOptions, type TissueOptions } from '../preprocessing/tissue-detection/options.ts';
import { VERSION } from '../utils/version.ts';
import { TISSUE_OUTPUTS } from './read-tissue.ts';
import type { ReportData, ReportOption, ReportPicture, ReportSlide, ReportTotals } from './report/report-data.ts';
import { type SlideRow, type SlideWork, STAGE_FOLDERS } from './run-slide.ts';

/** Gathers what `report.html` shows of a finished run in `out`. */
export function createReportData(
  out: string,
  rows: readonly SlideRow[],
  run: { work: SlideWork; seconds: number },
): ReportData {
  const totals = sumRows(rows);
  const cut = rows.filter(({ state }) => state !== 'done');
  const patches = cut.reduce((sum, row) => sum + (row.patches?.written ?? 0), 0);
  const spent = cut.reduce((sum, row) => sum + row.seconds, 0);
  return {
    title: `Report: ${totals.slides} ${totals.slides === 1 ? 'slide' : 'slides'}`,
    version: VERSION,
    volatile: {
      createdAt: new Date().toISOString(),
      wallSeconds: run.seconds,
      patchesPerSecond: patches > 0 ? patches / spent : undefined,
      peakMemoryBytes: Math.max(0, ...rows.map((row) => row.peakMemoryBytes ?? 0)) || undefined,
      host: hostname(),
      node: process.version,
    },
    options: listOptions(run.work),
    totals,
    slides: rows.map((row) => describeRow(out, row)),
  };
}

function sumRows(rows: readonly SlideRow[]): ReportTotals {
  const sum = (value: (row: SlideRow) => number | undefined) =>
    rows.reduce((total, row) => total + (value(row) ?? 0), 0);
  const count = (status: SlideRow['status']) => rows.filter((row) => row.status === status).length;
  return {
    slides: rows.length,
    ok: count('done'),
    noTissue: count('no-tissue'),
    failed: count('failed'),
    patches: sum((row) => row.patches?.written),
    skipped: sum((row) => row.patches?.skipped),
    labels: sumLabels(rows),
    badTiles: sum((row) => row.badTiles.length),
    tissueMm2: sum((row) => row.tissue?.areaMm2),
  };
}

/** Over all slides, in the order in which labels first come. */
function sumLabels(rows: readonly SlideRow[]): ReportTotals['labels'] {
  const sums = new Map<string | undefined, number>();
  for (const { label, patches } of rows.flatMap((row) => row.patches?.labels ?? []))
    sums.set(label, (sums.get(label) ?? 0) + patches);
  return sums.size === 0 ? undefined : [...sums].map(([label, patches]) => ({ label, patches }));
}

/** Every option that had a say, defaults included; those of tissue detection with `tissue.` in front. */
function listOptions({ tissue, patches, onBadTile, labels, stain }: SlideWork): ReportOption[] {
  const found: Record<string, unknown> = { onBadTile: checkWriteOptions({ onBadTile }).onBadTile };
  if (patches !== false) Object.assign(found, resolvePlanOptions(patches), checkWriteOptions(patches));
  if (labels && patches !== false) Object.assign(found, { labels: checkLabelOptions(labels) });
  if (stain && patches !== false) Object.assign(found, { stain: describeStain(stain) });
  const detection = tissue === false ? { method: 'none' } : describeDetection(tissue);
  for (const [name, value] of Object.entries(detection)) found[`tissue.${name}`] = value;
  return Object.entries(found).flatMap(([name, value]) => flattenOption(name, value));
}

/** Profiles and pictures as what they are, not as their numbers. */
function describeStain(stain: PatchStainOptions): object {
  const { target, source, ...settings } = checkStainOptions(stain);
  const name = (one: unknown): string => (Array.isArray(one) ? one.map(name).join(', ') : toName(one));
  const toName = (one: unknown) => (typeof one === 'string' ? one : 'as given');
  const named = {
    ...(target !== undefined && { target: name(target) }),
    ...(source !== undefined && { source: name(source) }),
  };
  return { ...settings, ...named };
}

/** Where each slide decides on its background, it decides on the default method too. */
function describeDetection(tissue: TissueOptions): object {
  const settings = resolveTissueOptions(tissue);
  const { polygons, onMissingPolygons } = tissue;
  if (polygons !== undefined && onMissingPolygons !== 'detect') return { polygons };
  const drawn = polygons === undefined ? {} : { polygons, onMissingPolygons };
  if (tissue.method !== undefined || settings.background !== 'auto') return { ...drawn, ...settings };
  return { ...drawn, ...settings, method: `${settings.method}; on a dark background otsu` };
}

/** An option as the report shows it; one for each member of an object. What was not given is left out. */
export function flattenOption(name: string, value: unknown): ReportOption[] {
  if (value === undefined || typeof value === 'function') return [];
  if (Array.isArray(value)) return [{ name, value: value.join(', ') }];
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, member]) => flattenOption(`${name}.${key}`, member));
  }
  return [{ name, value: value as string | number | boolean }];
}

function describeRow(out: string, row: SlideRow): ReportSlide {
  const { id, path, status, slide, tissue, patches, badTiles, seconds, error, notices } = row;
  const picture = (title: string, stage: string, file: string): ReportPicture[] => {
    const href = `${id}/${stage}/${file}`;
    return existsSync(join(out, href)) ? [{ title, href }] : [];
  };
  const [contactSheet] = patches ? picture('Sample patches', STAGE_FOLDERS.patches, PATCH_OUTPUTS.samples) : [];
  return {
    id,
    path,
    status,
    ...slide,
    tissueFraction: tissue?.fraction,
    tissueAreaMm2: tissue?.areaMm2,
    patches: patches?.written,
    skipped: patches?.skipped,
    labels: patches?.labels,
    stains: patches?.stains?.filter(({ patches: count }) => count > 0),
    whitened: patches?.whitened,
    badTiles: badTiles.length,
    seconds,
    tilesRead: row.tilesRead,
    error: error?.message,
    hint: error?.hint,
    notices: [...notices, ...badTiles.map(({ message }) => message)],
    pictures: [
      ...(tissue ? picture('Tissue', STAGE_FOLDERS.tissue, TISSUE_OUTPUTS.overlay) : []),
      ...(patches ? picture('Patch grid', STAGE_FOLDERS.patches, PATCH_OUTPUTS.overview) : []),
    ],
    contactSheet,
  };
}
