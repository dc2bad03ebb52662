import { extname } from 'node:path';
import { createAtomicStream } from '../../utils/atomic-stream.ts';
import { OptionError } from '../../utils/errors.ts';
import { checkChoice } from '../../utils/options.ts';
import type { AnnotationSet } from './annotation.ts';
import { createNoticeList } from './notices.ts';
import type { AnnotatedSlide } from './readers/reader.ts';
import { findBoundsOffset, shiftRegion } from './shift-region.ts';
import { noteLosses } from './writers/note-losses.ts';
import { type AnnotationWriter, WRITABLE_FORMATS, type WritableFormat } from './writers/writer.ts';

export interface WriteAnnotationsOptions {
  /** Default: `geojson` for a path that ends in .geojson or .json; an .xml needs to be told. */
  readonly annotationFormat?: WritableFormat | undefined;
  /** As of `readAnnotations`: `bounds` takes the corner of the scanned area away again, for QuPath. Default `raw`. */
  readonly coordsFrame?: 'raw' | 'bounds' | undefined;
  /** For its microns per pixel (ImageScope), and for `coordsFrame: 'bounds'`. */
  readonly slide?: AnnotatedSlide | undefined;
}

/** What was written. */
export interface WrittenAnnotations {
  readonly path: string;
  readonly bytes: number;
  readonly regions: number;
  /** What the format has no place for. */
  readonly notices: readonly string[];
}

/** The writers, loaded when asked for. */
const WRITERS: Readonly<Record<WritableFormat, () => Promise<AnnotationWriter>>> = {
  geojson: async () => (await import('./writers/geojson.ts')).writeGeoJson,
  aperio: async () => (await import('./writers/aperio.ts')).writeAperio,
  asap: async () => (await import('./writers/asap.ts')).writeAsap,
};

/**
 * Writes annotations; the file takes its name when it is whole. Coordinates are written so that they are read as the same
 * numbers. Equal annotations give equal bytes. Memory: some kilobytes beside the annotations.
 * @throws OptionError, OutputError; AnnotationError where `bounds` is asked for without a slide
 */
export async function writeAnnotations(
  path: string,
  set: AnnotationSet,
  options: WriteAnnotationsOptions = {},
): Promise<WrittenAnnotations> {
  const format = checkChoice('annotationFormat', options.annotationFormat ?? guessFormat(path), WRITABLE_FORMATS);
  const frame = checkChoice('coordsFrame', options.coordsFrame ?? 'raw', ['raw', 'bounds']);
  const placed = frame === 'bounds' ? moveToBounds(set, options.slide) : set;
  const write = await WRITERS[format]();
  const notices = createNoticeList();
  noteLosses(set, format, notices);
  await using stream = await createAtomicStream(path);
  let text = '';
  for (const piece of write(placed, { notices, mpp: options.slide?.mpp })) {
    text += piece;
    if (text.length < 16_384) continue;
    await stream.write(text);
    text = '';
  }
  await stream.write(text);
  const { bytes } = await stream.finish();
  const regions = set.layers.reduce((sum, layer) => sum + layer.regions.length, 0);
  return { path, bytes, regions, notices: notices.list() };
}

function guessFormat(path: string): WritableFormat {
  if (['.geojson', '.json'].includes(extname(path).toLowerCase())) return 'geojson';
  throw new OptionError('annotationFormat', `one of ${WRITABLE_FORMATS.join(', ')}`, undefined, {
    hint: 'only .geojson and .json say by themselves what they are',
  });
}

function moveToBounds(set: AnnotationSet, slide: AnnotatedSlide | undefined): AnnotationSet {
  const { x, y } = findBoundsOffset(set.source, slide);
  return {
    ...set,
    layers: set.layers.map((layer) => ({
      ...layer,
      regions: layer.regions.map((region) => shiftRegion(region, { x: -x, y: -y })),
    })),
  };
}
