import type { AnnotationSet } from '../annotation.ts';
import type { NoticeList } from '../notices.ts';

export const WRITABLE_FORMATS = ['geojson', 'aperio', 'asap'] as const;
export type WritableFormat = (typeof WRITABLE_FORMATS)[number];

/** What a writer is told beside the annotations. */
export interface WriterContext {
  /** What the format has no place for. */
  readonly notices: NoticeList;
  /** Microns per level-0 pixel, where they are known. */
  readonly mpp: { readonly x: number; readonly y: number } | undefined;
}

/** Pieces of the text of a file, some thousand characters each. */
export type AnnotationWriter = (set: AnnotationSet, context: WriterContext) => Generator<string, void, undefined>;
