import { join } from 'node:path';
import type { TopologyFinding } from '../../../preprocessing/xml-to-mask/check-topology.ts';
import { checkMaskOptions, type MaskFormat } from '../../../preprocessing/xml-to-mask/options.ts';
import { protectInputs } from '../../../preprocessing/xml-to-mask/protect-inputs.ts';
import {
  type Annotations,
  type ClassOptions,
  type MaskSlide,
  prepareMask,
  readSlideAnnotations,
  writePreparedMask,
} from '../../../preprocessing/xml-to-mask.ts';
import { openSlide } from '../../../slide/open-slide.ts';
import { OptionError } from '../../../utils/errors.ts';
import type { CommandContext } from '../../define-command.ts';
import { describeError } from '../../describe-error.ts';
import type { MaskEntry, MaskEntryBase, MaskSettings } from './mask-entry.ts';
import type { MaskPair } from './resolve-pairs.ts';
import { withProgress } from './with-progress.ts';
import { writePictures } from './write-pictures.ts';

const BAD_TILE_HINT = '--on-bad-tile white paints such tiles white and counts them';

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
    const described = describeError(error);
    const hint = described.tag === 'tile' ? { hint: BAD_TILE_HINT } : {};
    return { ...base, status: 'failed', error: { ...described, ...hint } };
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
  const classes = { ...settings.classes, signal };
  const { annotations, topology } = await readChecked(annotation, slide, { ...settings, classes });
  const prepared = await prepareMask(annotations, slide, classes);
  const pictures = {
    id,
    overlay: settings.overlay === undefined ? undefined : place(settings.overlay, '.jpg'),
    full: settings.fullOverlay === undefined ? undefined : place(settings.fullOverlay, '.overlay.tif'),
  };
  for (const picture of [pictures.overlay, pictures.full])
    if (picture !== undefined) await protectInputs(picture, [prepared.source, annotation]);
  const mask = await withProgress(context, id, (onProgress) =>
    writePreparedMask(path, prepared, checkMaskOptions({ ...options, onProgress })),
  );
  if (!mask) return { status: 'empty', notices: prepared.notices, topology };
  const pictured =
    'levels' in slide ? await writePictures(pictures, { slide, prepared, settings, context }) : undefined;
  return { status: 'ok', ...mask, overlay: pictures.overlay, fullOverlay: pictured, topology };
}

async function readChecked(
  annotation: string,
  slide: MaskSlide,
  { check, repair, classes }: Pick<MaskSettings, 'check' | 'repair'> & { classes: ClassOptions },
): Promise<{ annotations: Annotations; topology?: readonly TopologyFinding[] }> {
  if (!check && !repair) return { annotations: annotation };
  const { checkTopology } = await import('../../../preprocessing/xml-to-mask/check-topology.ts');
  const { set, findings } = checkTopology(await readSlideAnnotations(annotation, slide, classes), { slide, repair });
  return { annotations: set, topology: findings };
}

function toFrame({ width, height, mpp }: NonNullable<MaskSettings['size']>) {
  return { width, height, mpp: typeof mpp === 'number' ? { x: mpp, y: mpp } : mpp };
}

function createUnpairedError(annotation: string): OptionError {
  return new OptionError('slide', `a slide of the name of ${annotation}`, undefined, {
    hint: 'name the files alike, or give a CSV with the columns annotation,slide in place of the annotations',
  });
}
