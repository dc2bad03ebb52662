import type { ByteSource } from '../../../io/source/byte-source.ts';
import type { Slide } from '../../../slide/slide.ts';
import { AnnotationError } from '../../../utils/errors.ts';
import type { AnnotationRegion } from '../annotation.ts';
import type { NoticeList } from '../notices.ts';

/** What a reader may ask of the slide that was drawn on. */
export type AnnotatedSlide = Pick<Slide, 'name' | 'width' | 'height' | 'mpp' | 'properties'>;

/** One file on its way in. */
export interface ReadContext {
  readonly source: ByteSource;
  readonly slide: AnnotatedSlide | undefined;
  /** What becomes of a region that can't be taken as it is. */
  readonly onBadRegion: 'fail' | 'skip';
  readonly notices: NoticeList;
  /** Whether vertices may share memory that the next batch overwrites. */
  readonly reuse: boolean;
  readonly signal: AbortSignal | undefined;
}

/** A region and the layer that it belongs to. */
export interface PlacedRegion {
  /** Tells layers of the same name apart. */
  readonly key: string;
  readonly layer: string;
  readonly region: AnnotationRegion;
}

/** What a file says of a layer, also of one without regions. */
export interface LayerFacts {
  readonly key: string;
  readonly name: string;
  readonly color: readonly [red: number, green: number, blue: number] | undefined;
  readonly attributes: ReadonlyMap<string, string>;
}

/**
 * Reads a file of one format: yields regions some at a time, in the file's order, and returns the layers in theirs.
 * @throws AnnotationError, SourceError
 */
export type AnnotationReader = (
  context: ReadContext,
) => AsyncGenerator<readonly PlacedRegion[], readonly LayerFacts[], undefined>;

/** Leaves a region out with a notice, or ends the reading, as the caller asked. */
export function refuseRegion(context: ReadContext, region: string, problem: string): void {
  if (context.onBadRegion === 'skip') context.notices.add(`left out, as asked, because ${problem}`, region);
  else
    throw new AnnotationError(context.source.name, problem, {
      element: region,
      hint: 'mend it in the program that drew it, or leave such regions out: --on-bad-region skip (library: onBadRegion)',
    });
}
