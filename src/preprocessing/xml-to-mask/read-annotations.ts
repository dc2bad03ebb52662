import { createBufferSource } from '../../io/source/buffer-source.ts';
import type { ByteSource } from '../../io/source/byte-source.ts';
import { openSource } from '../../io/source/open-source.ts';
import type { RemoteOptions } from '../../io/source/remote-options.ts';
import { AnnotationError } from '../../utils/errors.ts';
import { checkChoice, checkInteger, withDefaults } from '../../utils/options.ts';
import type { AnnotationLayer, AnnotationRegion, AnnotationSet } from './annotation.ts';
import { cutOverlapHoles } from './cut-overlap-holes.ts';
import { ANNOTATION_FORMATS, type AnnotationFormat, detectAnnotationFormat } from './detect-format.ts';
import { createNoticeList, type NoticeList } from './notices.ts';
import type { AnnotatedSlide, LayerFacts, PlacedRegion } from './readers/reader.ts';
import { READERS } from './readers.ts';
import { findBoundsOffset, shiftRegion } from './shift-region.ts';

export interface SourceOptions {
  /** The slide that was drawn on. NDPA needs it, and so does `coordsFrame: 'bounds'`. */
  readonly slide?: AnnotatedSlide | undefined;
  /** Default: as the content says. */
  readonly annotationFormat?: AnnotationFormat | undefined;
  /**
   * `raw`: coordinates are level-0 pixels (default). `bounds`: they are counted from the corner of the scanned area, as
   * QuPath counts on slides with `openslide.bounds-x` and `-y`; these are added. NDPA has its own frame.
   */
  readonly coordsFrame?: 'raw' | 'bounds' | undefined;
  /** A region with vertices that are no numbers, or that contradicts itself: an error (default), or left out with a notice. */
  readonly onBadRegion?: 'fail' | 'skip' | undefined;
  readonly remote?: RemoteOptions | undefined;
  signal?: AbortSignal | undefined;
}

export interface ReadAnnotationsOptions extends SourceOptions {
  /**
   * Old files of ImageScope have no NegativeROA and draw a hole as a second region inside the first. `keep`: such a region
   * is a region (default). `cut`: one that lies wholly inside another of its layer is negative, one inside that is not, ...
   */
  readonly overlapHoles?: 'keep' | 'cut' | undefined;
  /** Most vertices that are kept, 16 bytes each. Default 50 million. */
  readonly maxVertices?: number | undefined;
}

export const READ_ANNOTATIONS_DEFAULTS = {
  coordsFrame: 'raw',
  onBadRegion: 'fail',
  overlapHoles: 'keep',
  maxVertices: 50_000_000,
} as const;

/** A region on its way in, with the name of its layer. */
export interface StreamedRegion {
  readonly layer: string;
  readonly region: AnnotationRegion;
}

/**
 * Reads a file of annotations: path, address or bytes, of any format in `ANNOTATION_FORMATS`, told by its content.
 * Memory: 16 bytes a vertex, some kilobytes a region, a few megabytes for reading.
 * @throws AnnotationError for a damaged or unknown file, for a region that can't be taken (unless `onBadRegion` is `skip`),
 *   and for more than `maxVertices`; SourceError, RemoteError, OptionError
 */
export async function readAnnotations(
  input: string | Uint8Array,
  given: ReadAnnotationsOptions = {},
): Promise<AnnotationSet> {
  const options = withDefaults(READ_ANNOTATIONS_DEFAULTS, given);
  checkInteger('maxVertices', options.maxVertices, { min: 3 });
  const overlap = checkChoice('overlapHoles', options.overlapHoles as string, ['keep', 'cut'] as const);
  return withOpened(input, options, async ({ source, format, notices, batches }) => {
    const found = new Map<string, AnnotationRegion[]>();
    let vertices = 0;
    for (;;) {
      const step = await batches.next();
      if (step.done) {
        const layers = createLayers(step.value, found);
        const cut = overlap === 'cut' ? layers.map((layer) => cutOverlapHoles(layer, notices)) : layers;
        return { format, source: source.name, layers: cut, notices: notices.list() };
      }
      for (const { key, region } of step.value) {
        vertices += countVertices(region);
        if (vertices > options.maxVertices)
          throw new AnnotationError(source.name, `more than ${options.maxVertices} vertices`, {
            hint: 'raise --max-vertices (library: maxVertices), 16 bytes each, or read with streamAnnotations',
          });
        const regions = found.get(key);
        if (regions) regions.push(region);
        else found.set(key, [region]);
      }
    }
  });
}

export interface StreamAnnotationsOptions extends SourceOptions {
  /**
   * The vertices of a region may be void once the next region is asked for: for those who only look at each. Then memory
   * does not grow even by garbage. Default false.
   */
  readonly reuse?: boolean | undefined;
  /** Is told at the end what was left out. */
  readonly onNotices?: ((notices: readonly string[]) => void) | undefined;
  /** Is told at the end of the layers, which may say a colour for all their regions. */
  readonly onLayers?: ((layers: readonly Pick<LayerFacts, 'name' | 'color'>[]) => void) | undefined;
}

/**
 * As `readAnnotations`, but hands out region by region in the file's order and keeps none: memory does not grow with the
 * file.
 */
export async function* streamAnnotations(
  input: string | Uint8Array,
  given: StreamAnnotationsOptions = {},
): AsyncGenerator<StreamedRegion, void, undefined> {
  const options = withDefaults(READ_ANNOTATIONS_DEFAULTS, given);
  await using source = await openInput(input, options);
  const { batches, notices } = await startReading(source, options);
  for await (const batch of tellLayers(batches, options.onLayers))
    for (const { layer, region } of batch) yield { layer, region };
  options.onNotices?.(notices.list());
}

async function* tellLayers(batches: Opened['batches'], onLayers: StreamAnnotationsOptions['onLayers']) {
  const layers = yield* batches;
  onLayers?.(layers);
}

interface Opened {
  readonly source: ByteSource;
  readonly format: AnnotationFormat;
  readonly notices: NoticeList;
  readonly batches: AsyncGenerator<readonly PlacedRegion[], readonly LayerFacts[], undefined>;
}

async function withOpened<T>(
  input: string | Uint8Array,
  options: SourceOptions,
  use: (opened: Opened) => Promise<T>,
): Promise<T> {
  await using source = await openInput(input, options);
  return await use({ source, ...(await startReading(source, options)) });
}

function openInput(input: string | Uint8Array, { remote }: SourceOptions): Promise<ByteSource> {
  return typeof input === 'string'
    ? openSource(input, { remote })
    : Promise.resolve(createBufferSource(input, 'annotations'));
}

async function startReading(source: ByteSource, options: StreamAnnotationsOptions): Promise<Omit<Opened, 'source'>> {
  const { slide, signal } = options;
  const onBadRegion = checkChoice('onBadRegion', options.onBadRegion, ['fail', 'skip']);
  const frame = checkChoice('coordsFrame', options.coordsFrame, ['raw', 'bounds']);
  const format =
    options.annotationFormat === undefined
      ? await detectAnnotationFormat(source, signal)
      : checkChoice('annotationFormat', options.annotationFormat, ANNOTATION_FORMATS);
  const offset = frame === 'bounds' && format !== 'ndpa' ? findBoundsOffset(source.name, slide) : undefined;
  const notices = createNoticeList();
  const read = await READERS[format]();
  const batches = read({ source, slide, onBadRegion, notices, reuse: options.reuse === true, signal });
  return { format, notices, batches: offset ? shiftBatches(batches, offset) : batches };
}

async function* shiftBatches(batches: Opened['batches'], offset: { x: number; y: number }): Opened['batches'] {
  for (;;) {
    const step = await batches.next();
    if (step.done) return step.value;
    yield step.value.map(({ key, layer, region }) => ({ key, layer, region: shiftRegion(region, offset) }));
  }
}

function createLayers(
  facts: readonly LayerFacts[],
  found: ReadonlyMap<string, readonly AnnotationRegion[]>,
): AnnotationLayer[] {
  return facts.map(({ key, name, color, attributes }) => ({ name, color, attributes, regions: found.get(key) ?? [] }));
}

/** All vertices of a region, holes and points included. */
export function countVertices({ polygons, points }: AnnotationRegion): number {
  let count = (points?.length ?? 0) / 2;
  for (const { exterior, holes } of polygons) {
    count += exterior.length / 2;
    for (const hole of holes) count += hole.length / 2;
  }
  return count;
}
