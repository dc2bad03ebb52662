/** Private TIFF tags of NDPI that are read, under the names of Hamamatsu, OpenSlide or Bio-Formats. */
export const NDPI_TAG = {
  /** High words of the strip's offset and byte count, in some files. */
  OffsetHighWord: 65324,
  ByteCountHighWord: 65325,
  /** On every page: the mark of the format. */
  Version: 65420,
  /** Magnification of the page; -1 is the macro picture, -2 the map of scanned regions. */
  SourceLens: 65421,
  /** nm from the middle of the slide. */
  XOffsetFromSlideCentre: 65422,
  YOffsetFromSlideCentre: 65423,
  /** nm from the middle focal plane. */
  ZOffset: 65424,
  /** Where the data of each restart interval begin, from the start of the JPEG: low and high words. */
  McuStarts: 65426,
  Reference: 65427,
  McuStartsHighWords: 65432,
  /** Lines of `key=value`. */
  PropertyMap: 65449,
} as const;

/** `SourceLens` of pages that are no levels. */
export const LENS = { Macro: -1, Map: -2 } as const;
