import type { JpegGeometry, JpegScale } from './geometry.ts';

/** A rectangle of the (scaled) image, in its pixels. */
export interface JpegCrop {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where a decode goes: rows of `crop` from `data[0]` on, `pitch` bytes apart. What lies between rows stays as it is. */
export interface JpegOutput {
  readonly data: Uint8Array;
  readonly pitch: number;
  readonly scale: JpegScale;
  /** Each pixel is the mean of 2 x 2 decoded ones. */
  readonly mean: boolean;
  readonly crop: JpegCrop;
}

/** @throws RangeError where the crop leaves the image or `data` can't hold it */
export function checkOutput(
  { data, pitch, crop }: JpegOutput,
  { width, height, channels }: Pick<JpegGeometry, 'width' | 'height' | 'channels'>,
): void {
  const whole = [crop.x, crop.y, crop.width, crop.height, pitch].every(
    (value) => Number.isInteger(value) && value >= 0,
  );
  if (!whole || crop.width < 1 || crop.height < 1 || crop.x + crop.width > width || crop.y + crop.height > height) {
    const received = `${crop.width} x ${crop.height} at ${crop.x}, ${crop.y}`;
    throw new RangeError(`expected a part of ${width} x ${height} for \`crop\` but received ${received}`);
  }
  const row = crop.width * channels;
  if (pitch < row) throw new RangeError(`expected at least ${row} for \`pitch\` but received ${pitch}`);
  const needed = (crop.height - 1) * pitch + row;
  if (data.length < needed) {
    throw new RangeError(`expected at least ${needed} bytes for \`data\` but received ${data.length}`);
  }
}
