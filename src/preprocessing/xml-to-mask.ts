/**
 * Annotations to masks: what people drew on a slide becomes pixels, of any size.
 *
 * Memory: the vertices (16 bytes each, and as much again for their edges), and a tile. A mask in memory (`getMask`) takes a
 * byte a pixel and is refused above 2^29 pixels; its vertices and 2 MiB stand beside it.
 */
import type { Mpp, Slide } from '../slide/slide.ts';
import { OptionError } from '../utils/errors.ts';
import type { AnnotationSet, MaskGrid, MaskShape } from './xml-to-mask/annotation.ts';
import { listFrameNotices } from './xml-to-mask/check-frame.ts';
import { createMaskShapes, type MaskShapeOptions } from './xml-to-mask/create-mask-shapes.ts';
import { checkFullOverlay, type FullOverlayOptions } from './xml-to-mask/full-overlay-options.ts';
import type { MaskFrame } from './xml-to-mask/mask-grid.ts';
import type { MaskLabel } from './xml-to-mask/mask-job.ts';
import {
  checkMaskOptions,
  checkPaintOptions,
  type PaintOptions,
  type WriteMaskOptions,
} from './xml-to-mask/options.ts';
import { paintMask } from './xml-to-mask/paint-mask.ts';
import { type WrittenOverlay, writeFullOverlay } from './xml-to-mask/process-slide.ts';
import { protectInputs } from './xml-to-mask/protect-inputs.ts';
import { type ReadAnnotationsOptions, readAnnotations } from './xml-to-mask/read-annotations.ts';
import { type DrawnMask, writeMaskFile } from './xml-to-mask/write-mask-file.ts';

/** An annotation file, or what was read from one. */
export type Annotations = string | AnnotationSet;

/** The slide that annotations lie on: open, or its size in level-0 pixels. */
export type MaskSlide = Slide | (MaskFrame & { readonly name?: string | undefined });

/** How a file of annotations is read, and what its regions are called in the mask. */
export interface ClassOptions
  extends MaskShapeOptions,
    Pick<ReadAnnotationsOptions, 'coordsFrame' | 'overlapHoles' | 'onBadRegion' | 'maxVertices'> {}

/** A mask in memory. */
export interface Mask {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Level-0 pixels per mask pixel. */
  readonly downsample: { readonly x: number; readonly y: number };
  /** `width * height` labels, row by row; 0 where nothing is drawn. */
  readonly data: Uint8Array;
  readonly labels: readonly MaskLabel[];
  readonly notices: readonly string[];
}

/** What was written. */
export interface WrittenMaskSummary {
  readonly path: string;
  readonly bytes: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly downsample: MaskGrid['downsample'];
  /** Microns per mask pixel. */
  readonly mpp: { readonly x: number; readonly y: number } | undefined;
  /** Finest first. */
  readonly levels: readonly { readonly width: number; readonly height: number }[];
  /** With the pixels of the finest level that have them, and their area where the slide has a pixel size. */
  readonly labels: readonly (MaskLabel & { readonly pixels: number; readonly areaMm2: number | undefined })[];
  /** Polygons that were painted. */
  readonly polygons: number;
  readonly notices: readonly string[];
}

/** What is painted for a slide. */
export interface PreparedMask extends DrawnMask {
  readonly shapes: readonly MaskShape[];
  readonly annotations: AnnotationSet;
  readonly notices: readonly string[];
}

export const GET_MASK_DEFAULTS = { downsample: 8 } as const satisfies PaintOptions;

/**
 * The mask of a slide as an array.
 * @returns null where nothing with an area is drawn
 * @throws OptionError, also where the mask has more than 2^29 pixels; AnnotationError, SourceError
 */
export async function getMask(
  annotations: Annotations,
  slide: MaskSlide,
  options: PaintOptions & ClassOptions = {},
): Promise<Mask | null> {
  const { downsample = options.maskMpp === undefined ? GET_MASK_DEFAULTS.downsample : undefined } = options;
  const settings = checkPaintOptions({ ...options, downsample });
  const { shapes, frame, labels, notices } = await prepareMask(annotations, slide, options);
  if (shapes.length === 0) return null;
  const { grid, data } = paintMask(shapes, frame, settings);
  const { width, height } = grid;
  return { width, height, downsample: grid.downsample, data, labels, notices };
}

/**
 * Writes the mask of a slide as a pyramidal TIFF (or OME-TIFF), PNG or Zarr, whatever its size. It takes its name when it is
 * whole. Equal annotations and options give equal bytes.
 * @returns null, and writes nothing, where nothing with an area is drawn
 * @throws OptionError, AnnotationError, SourceError, OutputError, OutputInUseError, AbortedError
 */
export async function writeMask(
  annotations: Annotations,
  slide: MaskSlide,
  path: string,
  options: WriteMaskOptions & ClassOptions = {},
): Promise<WrittenMaskSummary | null> {
  const settings = checkMaskOptions(options);
  const prepared = await prepareMask(annotations, slide, options);
  return writePreparedMask(path, prepared, settings);
}

export interface ProcessSlideOptions extends WriteMaskOptions, ClassOptions, FullOverlayOptions {
  /** File for the slide's own pixels where something is drawn, as a pyramidal JPEG TIFF. Without, none is written. */
  overlay?: string | undefined;
}

/**
 * The mask at the slide's own resolution, and on request the slide where it is masked. Tiles of the slide in which nothing
 * is drawn are not read.
 * @returns null, and writes nothing, where nothing with an area is drawn
 * @throws as `writeMask`; TileError, RemoteError
 */
export async function processSlide(
  annotations: Annotations,
  slide: Slide,
  path: string,
  options: ProcessSlideOptions = {},
): Promise<(WrittenMaskSummary & { readonly overlay: WrittenOverlay | undefined }) | null> {
  const settings = checkMaskOptions(options);
  const overlay = checkFullOverlay(options, Math.min(settings.tileSize, 1024));
  if (options.overlay === path) throw new OptionError('overlay', 'another file than the mask', path);
  const drawn = await prepareMask(annotations, slide, options);
  const mask = await writePreparedMask(path, drawn, settings);
  if (!mask) return null;
  if (options.overlay === undefined) return { ...mask, overlay: undefined };
  await protectInputs(options.overlay, [path, drawn.source, drawn.annotations.source]);
  return { ...mask, overlay: await writeFullOverlay(options.overlay, { slide, drawn }, { mask: settings, overlay }) };
}

/** Reads a file of annotations as one of that slide. */
export async function readSlideAnnotations(
  annotations: string,
  slide: MaskSlide,
  options: ClassOptions & { signal?: AbortSignal | undefined } = {},
): Promise<AnnotationSet> {
  const { coordsFrame, overlapHoles, onBadRegion, maxVertices, signal } = options;
  const drawnOn = 'levels' in slide ? slide : undefined;
  return readAnnotations(annotations, { coordsFrame, overlapHoles, onBadRegion, maxVertices, signal, slide: drawnOn });
}

/** Reads the annotations and decides what is painted, and with which labels. */
export async function prepareMask(
  annotations: Annotations,
  slide: MaskSlide,
  options: ClassOptions & { signal?: AbortSignal | undefined } = {},
): Promise<PreparedMask> {
  const { width, height, mpp } = slide;
  const set = typeof annotations === 'string' ? await readSlideAnnotations(annotations, slide, options) : annotations;
  const { shapes, labels, notices } = createMaskShapes(set, options);
  const frame = { width, height, mpp: mpp && toFrameMpp(mpp) };
  const properties = 'properties' in slide ? slide.properties : undefined;
  const placed = listFrameNotices(shapes, frame, { format: set.format, properties, coordsFrame: options.coordsFrame });
  return {
    ...{ shapes, labels, frame, annotations: set },
    source: slide.name ?? '',
    notices: [...set.notices, ...notices, ...placed],
  };
}

/** An estimate is not written down as if it were known. */
function toFrameMpp(mpp: { x: number; y: number } | Mpp): MaskFrame['mpp'] {
  return 'source' in mpp && mpp.source === 'objective' ? undefined : { x: mpp.x, y: mpp.y };
}

export async function writePreparedMask(
  path: string,
  prepared: PreparedMask,
  settings: ReturnType<typeof checkMaskOptions>,
): Promise<WrittenMaskSummary | null> {
  if (prepared.shapes.length === 0) return null;
  // The slide is looked after where the file is made.
  await protectInputs(path, [prepared.annotations.source]);
  const { grid, mpp, counts, bytes, levels } = await writeMaskFile(path, prepared, settings);
  const { width, height, downsample } = grid;
  const labels = prepared.labels.map((label) => {
    const pixels = counts.get(label.value) ?? 0;
    return { ...label, pixels, areaMm2: mpp && (pixels * mpp.x * mpp.y) / 1e6 };
  });
  const missing = labels.filter(({ pixels }) => pixels === 0);
  const notices = [
    ...prepared.notices,
    ...missing.map(({ name }) => `no pixel is of class "${name}": it is painted over, off the slide, or too small`),
  ];
  return {
    ...{ path, bytes, width, height, downsample, mpp },
    levels,
    labels,
    polygons: prepared.shapes.length,
    notices,
  };
}
