/** What goes wrong with the bytes of a file: its format, its structure, its codecs, its colours. */
import { SlideloomError, type SlideloomErrorOptions } from './slideloom-error.ts';

/** No slide format recognises these bytes, or a recognised one uses a feature that is not read. */
export class UnsupportedFormatError extends SlideloomError {
  readonly tag = 'unsupported-format';
  readonly source: string;
  constructor(source: string, message: string, options?: SlideloomErrorOptions) {
    super(`${source}: ${message}`, options);
    this.source = source;
  }
}

/** A TIFF structure is damaged or absurd: bad magic, IFD loop, counts or offsets beyond the file. */
export class TiffError extends SlideloomError {
  readonly tag = 'tiff';
  readonly source: string;
  /** Index of the directory in the chain (or its parent's, for a SubIFD), where one is known. */
  readonly directory: number | undefined;
  constructor(source: string, message: string, options?: SlideloomErrorOptions & { directory?: number }) {
    super(`${source}: ${message}`, options);
    this.source = source;
    this.directory = options?.directory;
  }
}

/** A DICOM file is damaged or contradicts itself: lengths beyond the file, tables that don't fit its frames. */
export class DicomError extends SlideloomError {
  readonly tag = 'dicom';
  readonly source: string;
  constructor(source: string, message: string, options?: SlideloomErrorOptions) {
    super(`${source}: ${message}`, options);
    this.source = source;
  }
}

/** Stored bytes can't be decoded by their codec. The slide wraps it in a `TileError` that says where. */
export class CodecError extends SlideloomError {
  readonly tag = 'codec';
  readonly codec: string;
  constructor(codec: string, message: string, options?: SlideloomErrorOptions) {
    super(`${codec}: ${message}`, options);
    this.codec = codec;
  }
}

/** A colour profile can't be applied: it is damaged, or not one for RGB pixels. */
export class IccError extends SlideloomError {
  readonly tag = 'icc';
  readonly source: string;
  constructor(source: string, message: string, options?: SlideloomErrorOptions) {
    super(`${source}: ${message}`, {
      hint: 'leave out --icc (library: icc) for this slide: its pixels are then as stored',
      ...options,
    });
    this.source = source;
  }
}
