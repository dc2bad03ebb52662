import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { AnnotationSet } from '../../../preprocessing/xml-to-mask/annotation.ts';
import type { TopologyFinding } from '../../../preprocessing/xml-to-mask/check-topology.ts';
import { checkMaskOptions, type MaskFormat } from '../../../preprocessing/xml-to-mask/options.ts';
import { protectInputs } from '../../../preprocessing/xml-to-mask/protect-inputs.ts';
import {
  type MaskSlide,
  prepareMask,
  readSlideAnnotations,
  writePreparedMask,
} from '../../../preprocessing/xml-to-mask.ts';
import { openSlide } from '../../../slide/open-slide.ts';
import { OptionError } from '../../../utils/errors.ts';
import { type FileStageResult, openFileStage } from '../../../utils/file-stage.ts';
import type { RunRecord } from '../../../utils/run-record.ts';
import { VERSION } from '../../../utils/version.ts';
import type { CommandContext } from '../../define-command.ts';
import { describeError } from '../../describe-error.ts';
import type { MaskEntry, MaskEntryBase, MaskSettings } from './mask-entry.ts';
import { describeMade, describeMaskWork, identifyAnnotation, isZarrWhole, readEntry } from './mask-record.ts';
import type { MaskPair } from './resolve-pairs.ts';
import { withProgress } from './with-progress.ts';
import { type PictureFiles, writePictures } from './write-pictures.ts';

/** Pictures are read in rows of tiles from the top: only tiles that two rows share are asked for twice. */
const CACHE_BYTES = 2 ** 24;

const BAD_TILE_HINT = '--on-bad-tile white paints such tiles white and counts them';

export const MASK_EXTENSIONS = {
  tiff: '.tif',
  'ome-tiff': '.ome.tif',
  png: '.png',
  zarr: '.zarr',
} as const satisfies Record<MaskFormat, string>;

/** Paints one annotation; what goes wrong is in the entry. @throws AbortedError */
export async function makeMask(pair: MaskPair, settings: Settings, context: CommandContext): Promise<MaskEntry> {
  const { id, annotation } = pair;
  const base = { id, annotation, slide: pair.slide?.path };
  try {
    if (settings.size) return await makeRecorded(base, { ...toFrame(settings.size), name: '' }, { settings, context });
    if (!pair.slide) throw createUnpairedError(annotation);
    const { path, address = path, mpp } = pair.slide;
    await using slide = await openSlide(address, { ...settings.slide, mpp, cacheBytes: CACHE_BYTES });
    return await makeRecorded(base, slide, { settings, context });
  } catch (error) {
    context.signal.throwIfAborted();
    context.log.debug(`${annotation} failed`, { error });
    const described = describeError(error);
    const hint = described.tag === 'tile' ? { hint: BAD_TILE_HINT } : {};
    return { ...base, status: 'failed', error: { ...described, ...hint } };
  }
}

type Settings = MaskSettings & { readonly folder: boolean };
type Done = Exclude<MaskEntry, { status: 'failed' }>;

interface Outputs {
  readonly path: string;
  readonly pictures: PictureFiles;
}

function nameOutputs(id: string, { folder, out, overlay, fullOverlay, mask }: Settings): Outputs {
  const place = (path: string, extension: string) => (folder ? join(path, id + extension) : path);
  return {
    path: place(out, MASK_EXTENSIONS[mask.format ?? 'tiff']),
    pictures: {
      id,
      overlay: overlay === undefined ? undefined : place(overlay, '.jpg'),
      full: fullOverlay === undefined ? undefined : place(fullOverlay, '.overlay.tif'),
    },
  };
}

/** Makes the mask and its pictures with a record beside it, or finds that they are there as the record says. */
async function makeRecorded(
  base: MaskEntryBase,
  slide: MaskSlide,
  { settings, context }: { settings: Settings; context: CommandContext },
): Promise<Done> {
  const { annotation } = base;
  const outputs = nameOutputs(base.id, settings);
  const { path, pictures } = outputs;
  const beside = [pictures.overlay, pictures.full].filter((one) => one !== undefined);
  for (const output of [path, ...beside]) await protectInputs(output, [slide.name ?? '', annotation]);
  const { overwrite = false } = settings.mask;
  const input = await identifyAnnotation(annotation, context.signal);
  const options = await describeMaskWork(slide, settings, pictures);
  const isSound = settings.mask.format === 'zarr' ? (record: RunRecord) => isZarrWhole(path, record) : undefined;
  const work = { stage: 'mask', version: VERSION, input, options };
  const opened = await openFileStage({ path, beside, ...work, overwrite, isSound });
  if (opened.state === 'done') {
    const { topology } = await readChecked(annotation, slide, settings, context);
    return { ...(await readEntry(opened.record, base, outputs)), ...(topology && { topology }) };
  }
  await using run = opened.run;
  const made: FileStageResult[] = [];
  try {
    const onMade = (result: FileStageResult) => void made.push(result);
    const earlier = run.made && (await readEntry(run.made, base, outputs));
    const entry = { ...base, ...(await paint(annotation, slide, { settings, context, outputs, earlier, onMade })) };
    const left = entry.status === 'empty' ? await removeEarlier(path, run.earlier) : [];
    const notices = [...entry.notices, ...left];
    await run.finish(made.at(-1) ?? { outcome: 'nothing-drawn', notices });
    return { ...entry, notices };
  } catch (error) {
    // The first error is the one to tell: where not even the record can be written, it stays as it is. A mask that was
    // made before the work was called off has to be known as its own.
    const untouched = context.signal.aborted && made.length === 0;
    const ended = untouched ? run.abandon() : run.fail(error, made.at(-1));
    await ended.catch(() => {});
    throw error;
  }
}

/** A mask of other annotations is no mask of annotations without areas. */
async function removeEarlier(path: string, earlier: readonly string[]): Promise<string[]> {
  if (earlier.length > 0) {
    await rm(path, { recursive: true, force: true });
    return [];
  }
  const there = await stat(path).catch(() => undefined);
  return there ? [`${path} is of another run, and was left there`] : [];
}

interface Work {
  readonly settings: Settings;
  readonly context: CommandContext;
  readonly outputs: Outputs;
  /** The mask, where only pictures are missing. */
  readonly earlier: Done | undefined;
  /** Called with what is made so far. */
  readonly onMade: (result: FileStageResult) => void;
}

async function paint(
  annotation: string,
  slide: MaskSlide,
  { settings, context, outputs, earlier, onMade }: Work,
): Promise<
  | Omit<Extract<Done, { status: 'ok' }>, keyof MaskEntryBase>
  | Omit<Extract<Done, { status: 'empty' }>, keyof MaskEntryBase>
> {
  const { signal } = context;
  const { path, pictures } = outputs;
  const { format = 'tiff' } = settings.mask;
  // What is there was looked at when the record was opened.
  const written = { ...settings, mask: { ...settings.mask, overwrite: true } };
  const { annotations, topology } = await readChecked(annotation, slide, settings, context);
  const prepared = await prepareMask(annotations ?? annotation, slide, { ...settings.classes, signal });
  const write = () =>
    withProgress(context, pictures.id, (onProgress) =>
      writePreparedMask(path, prepared, checkMaskOptions({ ...written.mask, signal, onProgress })),
    );
  const mask = earlier?.status === 'ok' ? earlier : await write();
  if (!mask) return { status: 'empty', notices: prepared.notices, topology };
  onMade(await describeMade(mask, { format, overlay: undefined, pictures: { fullOverlay: undefined } }));
  const drawn =
    'levels' in slide ? await writePictures(pictures, { slide, prepared, settings: written, context }) : undefined;
  if (drawn) onMade(await describeMade(mask, { format, overlay: pictures.overlay, pictures: drawn }));
  return {
    ...{ ...mask, status: 'ok', earlier: false, overlay: pictures.overlay },
    fullOverlay: drawn?.fullOverlay,
    topology,
  };
}

async function readChecked(
  annotation: string,
  slide: MaskSlide,
  { check, repair, classes }: MaskSettings,
  { signal }: CommandContext,
): Promise<{ annotations?: AnnotationSet; topology?: readonly TopologyFinding[] }> {
  if (!check && !repair) return {};
  const { checkTopology } = await import('../../../preprocessing/xml-to-mask/check-topology.ts');
  const read = await readSlideAnnotations(annotation, slide, { ...classes, signal });
  const { set, findings } = checkTopology(read, { slide, repair });
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
