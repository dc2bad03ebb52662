import { MaskError } from '../../utils/errors.ts';
import type { MaskLabel } from '../xml-to-mask/mask-job.ts';

/** What a mask's file says of itself; what it does not say is undefined. */
export interface LabelMaskFacts {
  /** Level-0 pixels per mask pixel. */
  readonly downsample?: { readonly x: number; readonly y: number } | undefined;
  /** Level-0 pixels of the slide that it was made for. */
  readonly slide?: { readonly width: number; readonly height: number } | undefined;
  /** Microns per mask pixel. */
  readonly mpp?: { readonly x: number; readonly y: number } | undefined;
  readonly labels?: readonly MaskLabel[] | undefined;
}

/** Labels of a whole slide in tiles of the finest level, as they are stored: nothing is resampled. */
export interface LabelMask extends AsyncDisposable {
  readonly name: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly facts: LabelMaskFacts;
  /** Tiles that may be asked for at once. With 1 the pixels of a tile are valid until the next one is asked for. */
  readonly parallel: number;
  /** @throws CodecError, TiffError, ShortReadError, MaskError */
  readTile(column: number, row: number): Promise<LabelTile>;
}

/** Labels 0..255 of a tile. */
export interface LabelTile {
  /** The label of all its pixels, where they have one; `pixels` then may be anything. */
  readonly label: number | undefined;
  readonly pixels: Uint8Array;
  /** Pixels from one row to the next. */
  readonly pitch: number;
}

/** For masks of more than 8 bits. */
export function createRangeError(name: string, label: number): MaskError {
  return new MaskError(name, `the label ${label} is beyond 0 to 255`, {
    hint: 'a mask has 255 labels: number its classes anew',
  });
}

const NONE = new Uint8Array(0);

export function createUniformTile(label: number): LabelTile {
  return { label, pixels: NONE, pitch: 0 };
}

/** A tile of these pixels; that all are one label is seen. */
export function createLabelTile(pixels: Uint8Array, pitch: number): LabelTile {
  // Each pixel equals the next one; the comparison ends at the first that does not.
  const uniform = Buffer.compare(pixels.subarray(1), pixels.subarray(0, -1)) === 0;
  return { label: uniform ? pixels[0] : undefined, pixels, pitch };
}
