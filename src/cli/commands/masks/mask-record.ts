/** What the record of a mask says, and what is told of a mask that is there already. */
import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { openSource } from '../../../io/source/open-source.ts';
import { isRemoteUrl } from '../../../io/source/remote-address.ts';
import { checkFullOverlay } from '../../../preprocessing/xml-to-mask/full-overlay-options.ts';
import { checkMaskOptions, type MaskFormat } from '../../../preprocessing/xml-to-mask/options.ts';
import type { ClassOptions, MaskSlide, WrittenMaskSummary } from '../../../preprocessing/xml-to-mask.ts';
import { describeOpening } from '../../../slide/describe-opening.ts';
import type { FileStageResult } from '../../../utils/file-stage.ts';
import { hashFile, quickHash } from '../../../utils/hash.ts';
import type { InputIdentity, OutputFile, RunRecord } from '../../../utils/run-record.ts';
import type { MaskEntry, MaskEntryBase, MaskSettings } from './mask-entry.ts';
import type { PictureFiles, WrittenPictures } from './write-pictures.ts';

/** What is not given counts as if it were. */
const ANNOTATION_DEFAULTS = {
  ...{ classBy: 'class', unmapped: 'skip', order: 'area', conflict: 'order' },
  ...{ coordsFrame: 'raw', overlapHoles: 'keep', onBadRegion: 'fail' },
} as const satisfies ClassOptions;

/** Bytes that are read at once. */
const PIECE = 2 ** 20;

/** Content alone tells annotations apart: they are copied and checked out again, and are small beside slides. */
export async function identifyAnnotation(annotation: string, signal: AbortSignal): Promise<InputIdentity> {
  await using source = await openSource(annotation);
  const hash = createHash('sha256');
  for (let at = 0; at < source.size && !isRemoteUrl(annotation); at += PIECE)
    hash.update(await source.read(at, Math.min(PIECE, source.size - at), { signal }));
  return {
    ...{ name: basename(annotation), size: source.size, quickHash: await quickHash(source) },
    ...(!isRemoteUrl(annotation) && { sha256: hash.digest('hex') }),
  };
}

/** All that has a say in the files that are made. */
export async function describeMaskWork(
  slide: MaskSlide,
  settings: MaskSettings,
  pictures: PictureFiles,
): Promise<Record<string, unknown>> {
  const checked = checkMaskOptions(settings.mask);
  const { signal: _signal, onProgress: _progress, overwrite: _overwrite, mode: _mode, ...mask } = checked;
  const { chunkSize: _chunkSize, ...full } = checkFullOverlay(settings.full, Math.min(mask.tileSize, 1024));
  const { overlay, full: fullOverlay } = pictures;
  const { classes, maxVertices: _maxVertices, ...given } = settings.classes;
  return {
    mask,
    annotations: { ...ANNOTATION_DEFAULTS, ...given, repair: settings.repair },
    // In the order of the map, which is that of painting.
    classes: classes && Object.entries(classes),
    slide: await describeSlide(slide),
    pictures: { overlay: overlay !== undefined, fullOverlay: fullOverlay !== undefined && full },
  };
}

async function describeSlide(slide: MaskSlide): Promise<Record<string, unknown>> {
  const { width, height, mpp } = slide;
  const size = { width, height, mpp: mpp ?? null };
  if (!('levels' in slide)) return size;
  const { identifyInput } = await import('../../../preprocessing/extract-patches.ts');
  const { name, size: bytes, quickHash: hash } = await identifyInput(slide);
  return { ...size, name, bytes, quickHash: hash, ...describeOpening(slide) };
}

/** What was made, for the record. */
export async function describeMade(
  mask: WrittenMaskSummary,
  made: { format: MaskFormat; overlay: string | undefined; pictures: WrittenPictures },
): Promise<FileStageResult> {
  const { path, notices, labels, polygons, width, height, levels, bytes, downsample, mpp } = mask;
  const { fullOverlay } = made.pictures;
  const files = made.format === 'zarr' ? [join(path, '.zattrs'), join(path, '.zgroup')] : [path];
  const counts = Object.fromEntries(labels.map(({ value, pixels }) => [`pixels of label ${value}`, pixels]));
  const beside = [made.overlay, fullOverlay?.path].filter((one) => one !== undefined);
  return {
    counts: { ...{ polygons, width, height, levels: levels.length, bytes }, ...counts },
    outputs: await listFiles(files),
    beside: await listFiles(beside),
    notices,
    result: {
      downsample,
      mpp: mpp ?? null,
      labels,
      levels,
      fullOverlay: fullOverlay && { ...fullOverlay, path: null },
    },
  };
}

export async function listFiles(paths: readonly string[]): Promise<OutputFile[]> {
  const { stat } = await import('node:fs/promises');
  const files: OutputFile[] = [];
  for (const path of paths) files.push({ path, size: (await stat(path)).size, sha256: await hashFile(path) });
  return files;
}

/** Whether the folder of a Zarr has all the bytes that were written: a chunk that is missing reads as nothing drawn. */
export async function isZarrWhole(folder: string, { counts }: RunRecord): Promise<boolean> {
  const { readdir, stat } = await import('node:fs/promises');
  let bytes = 0;
  for (const file of await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []))
    if (file.isFile()) bytes += (await stat(join(file.parentPath, file.name))).size;
  return bytes === counts['bytes'];
}

/** An entry of what an earlier run made. */
export async function readEntry(
  record: RunRecord,
  base: MaskEntryBase,
  { path, pictures }: { path: string; pictures: PictureFiles },
): Promise<Exclude<MaskEntry, { status: 'failed' }>> {
  const { notices, counts } = record;
  if (record.outcome !== undefined) return { ...base, status: 'empty', notices };
  const { maskResultSchema } = await import('./mask-result-schema.ts');
  const { mpp, fullOverlay, labels, downsample, levels } = maskResultSchema.parse(record.result);
  const [bytes = 0, width = 0, height = 0, polygons = 0] = ['bytes', 'width', 'height', 'polygons'].map(
    (k) => counts[k],
  );
  return {
    ...{ ...base, status: 'ok', path, bytes, width, height, polygons, notices, earlier: true },
    ...{ downsample, levels },
    labels: labels.map((label) => ({ ...label, areaMm2: label.areaMm2 })),
    mpp: mpp ?? undefined,
    overlay: pictures.overlay,
    fullOverlay: pictures.full === undefined || !fullOverlay ? undefined : { ...fullOverlay, path: pictures.full },
  };
}
