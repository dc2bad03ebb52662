import { join } from 'node:path';
import { checkFullOverlay, type FullOverlayOptions } from '../../../preprocessing/xml-to-mask/full-overlay-options.ts';
import {
  checkMaskOptions,
  type MaskFormat,
  type WriteMaskOptions,
} from '../../../preprocessing/xml-to-mask/options.ts';
import { renderMaskOverlay } from '../../../preprocessing/xml-to-mask/overlay-picture.ts';
import { type WrittenOverlay, writeFullOverlay } from '../../../preprocessing/xml-to-mask/process-slide.ts';
import {
  type ClassOptions,
  type MaskSlide,
  prepareMask,
  type WrittenMaskSummary,
  writePreparedMask,
} from '../../../preprocessing/xml-to-mask.ts';
import type { MppOption } from '../../../slide/mpp.ts';
import { openSlide } from '../../../slide/open-slide.ts';
import type { SlideOptions } from '../../../slide/settings.ts';
import type { Slide } from '../../../slide/slide.ts';
import { writeFileAtomic } from '../../../utils/atomic-file.ts';
import { OptionError, OutputError } from '../../../utils/errors.ts';
import type { CommandContext } from '../../define-command.ts';
import { describeError, type ErrorDescription } from '../../describe-error.ts';
import type { MaskPair } from './resolve-pairs.ts';

export interface MaskSettings {
  readonly out: string;
  readonly overlay: string | undefined;
  readonly fullOverlay: string | undefined;
  /** Level-0 pixels, in place of a slide. */
  readonly size: { readonly width: number; readonly height: number; readonly mpp: MppOption | undefined } | undefined;
  readonly slide: SlideOptions | undefined;
  readonly mask: WriteMaskOptions;
  readonly classes: ClassOptions;
  readonly full: FullOverlayOptions;
}

interface MaskEntryBase {
  readonly id: string;
  readonly annotation: string;
  readonly slide: string | undefined;
}

/** One entry of `masks --json`. */
export type MaskEntry =
  | (MaskEntryBase & { readonly status: 'failed'; readonly error: ErrorDescription })
  | (MaskEntryBase & { readonly status: 'empty'; readonly notices: readonly string[] })
  | (MaskEntryBase &
      WrittenMaskSummary & {
        readonly status: 'ok';
        readonly overlay: string | undefined;
        readonly fullOverlay: WrittenOverlay | undefined;
      });

export const MASK_EXTENSIONS = {
  tiff: '.tif',
  'ome-tiff': '.ome.tif',
  png: '.png',
  zarr: '.zarr',
} as const satisfies Record<MaskFormat, string>;

/** Paints one annotation; what goes wrong is in the entry. @throws AbortedError */
export async function makeMask(
  pair: MaskPair,
  settings: MaskSettings & { readonly folder: boolean },
  context: CommandContext,
): Promise<MaskEntry> {
  const { id, annotation } = pair;
  const base = { id, annotation, slide: pair.slide?.path };
  try {
    if (settings.size)
      return { ...base, ...(await paint(pair, { ...toFrame(settings.size), name: '' }, { settings, context })) };
    if (!pair.slide) throw createUnpairedError(annotation);
    const { path, address = path, mpp } = pair.slide;
    await using slide = await openSlide(address, { ...settings.slide, mpp });
    return { ...base, ...(await paint(pair, slide, { settings, context })) };
  } catch (error) {
    context.signal.throwIfAborted();
    context.log.debug(`${annotation} failed`, { error });
    return { ...base, status: 'failed', error: describeError(error) };
  }
}

type Painted = Extract<MaskEntry, { status: 'ok' | 'empty' }>;

async function paint(
  { id, annotation }: MaskPair,
  slide: MaskSlide,
  { settings, context }: { settings: MaskSettings & { readonly folder: boolean }; context: CommandContext },
): Promise<
  | Omit<Extract<Painted, { status: 'ok' }>, keyof MaskEntryBase>
  | Omit<Extract<Painted, { status: 'empty' }>, keyof MaskEntryBase>
> {
  const { signal } = context;
  const place = (path: string, extension: string) => (settings.folder ? join(path, id + extension) : path);
  const format = settings.mask.format ?? 'tiff';
  const path = place(settings.out, MASK_EXTENSIONS[format]);
  const options = { ...settings.mask, signal };
  const prepared = await prepareMask(annotation, slide, { ...settings.classes, signal });
  const mask = await withProgress(context, id, (onProgress) =>
    writePreparedMask(path, prepared, checkMaskOptions({ ...options, onProgress })),
  );
  if (!mask) return { status: 'empty', notices: prepared.notices };
  const opened = 'levels' in slide ? slide : undefined;
  const overlay = settings.overlay === undefined ? undefined : place(settings.overlay, '.jpg');
  if (overlay !== undefined && opened) await writePicture(overlay, { slide: opened, prepared, options });
  const full = settings.fullOverlay === undefined ? undefined : place(settings.fullOverlay, '.overlay.tif');
  const fullOverlay =
    full === undefined || !opened
      ? undefined
      : await withProgress(context, `${id} overlay`, (onProgress) => {
          const checked = checkMaskOptions({ ...options, onProgress });
          const given = checkFullOverlay(settings.full, Math.min(checked.tileSize, 1024));
          return writeFullOverlay(full, { slide: opened, drawn: prepared }, { mask: checked, overlay: given });
        });
  return { status: 'ok', ...mask, overlay, fullOverlay };
}

async function writePicture(
  path: string,
  {
    slide,
    prepared,
    options,
  }: { slide: Slide; prepared: Awaited<ReturnType<typeof prepareMask>>; options: WriteMaskOptions },
): Promise<void> {
  const { rule } = checkMaskOptions(options);
  const { shapes, labels } = prepared;
  const { signal } = options;
  const picture = await renderMaskOverlay(slide, { shapes, labels, rule }, { ...(signal && { signal }) });
  const { stat } = await import('node:fs/promises');
  const there = await stat(path).catch(() => undefined);
  if (there && options.overwrite !== true)
    throw new OutputError(path, 'is there already', { hint: 'give another path, or --overwrite' });
  await writeFileAtomic(path, picture);
}

async function withProgress<T>(
  { createProgress }: CommandContext,
  label: string,
  work: (onProgress: (progress: { done: number; total: number }) => void) => Promise<T>,
): Promise<T> {
  let progress: ReturnType<typeof createProgress> | undefined;
  try {
    return await work(({ done, total }) => {
      progress ??= createProgress({ label, unit: 'tiles', total });
      progress.update(done);
    });
  } finally {
    progress?.done();
  }
}

function toFrame({ width, height, mpp }: NonNullable<MaskSettings['size']>) {
  return { width, height, mpp: typeof mpp === 'number' ? { x: mpp, y: mpp } : mpp };
}

function createUnpairedError(annotation: string): OptionError {
  return new OptionError('slide', `a slide of the name of ${annotation}`, undefined, {
    hint: 'name the files alike, or give a CSV with the columns annotation,slide in place of the annotations',
  });
}
