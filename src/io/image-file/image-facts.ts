export type ImageKind = 'jpeg' | 'png' | 'webp';

/** What the headers of an image file say, before any pixel is decoded. */
export interface ImageFacts {
  readonly kind: ImageKind;
  /** As stored, before `orientation`. */
  readonly width: number;
  readonly height: number;
  /** 1 grey, 3 RGB; alpha does not count. */
  readonly channels: 1 | 3;
  readonly bitDepth: number;
  /** TIFF tag 262, for JPEG: YCbCr, RGB or grey. */
  readonly photometric: number;
  /** EXIF, 1 to 8; 1 where the file says nothing. */
  readonly orientation: number;
  /** Pixels per unit as stored, and the unit as TIFF numbers it: 2 inch, 3 centimetre. */
  readonly resolution: { readonly x: number; readonly y: number; readonly unit: 2 | 3 } | undefined;
  readonly iccProfile: Uint8Array | undefined;
  /** Why the pixels can't be decoded; undefined where they can. */
  readonly unsupported: string | undefined;
}
