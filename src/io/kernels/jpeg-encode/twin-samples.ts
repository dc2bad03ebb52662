import type { PixelBlock } from '../pixel-block.ts';

/**
 * Samples of one row of MCUs as libjpeg-turbo makes them: YCbCr in 16-bit fixed point (JFIF 1.02), edges filled with the last
 * pixel, chroma of 4:2:0 averaged over 2 x 2 pixels with a bias of 1, 2, 1, 2 ...
 */
export interface Samples {
  /** Bytes of a line. */
  readonly pitch: number;
  /** 16 lines of luma, 8 of each chroma. */
  readonly planes: readonly [Uint8Array, Uint8Array, Uint8Array];
  /** Two lines of each chroma before they are halved. */
  readonly lines: readonly [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
}

export function createSamples(width: number): Samples {
  const pitch = Math.ceil(width / 16) * 16;
  const line = () => new Uint8Array(pitch);
  return {
    pitch,
    planes: [new Uint8Array(16 * pitch), new Uint8Array(8 * pitch), new Uint8Array(8 * pitch)],
    lines: [line(), line(), line(), line()],
  };
}

/** Fills the samples of the MCUs whose first row of pixels is `top`. */
export function fillSamples(
  samples: Samples,
  block: PixelBlock,
  { top, halved }: { top: number; halved: boolean },
): void {
  const { planes, pitch } = samples;
  for (let row = 0; row < 8; row++) {
    if (halved) fillPair(samples, block, { top, row });
    else {
      const y = Math.min(top + row, block.height - 1);
      const [luma, blue, red] = planes.map((plane) => plane.subarray(row * pitch, (row + 1) * pitch));
      if (block.channels === 1) copyGrey(block, y, luma!);
      else convertLine(block, y, [luma!, blue!, red!]);
    }
  }
}

function fillPair(
  { planes, lines, pitch }: Samples,
  block: PixelBlock,
  { top, row }: { top: number; row: number },
): void {
  const last = block.height - 1;
  const upper = Math.min(top + 2 * row, last);
  const lower = Math.min(top + 2 * row + 1, last);
  const luma = planes[0].subarray(2 * row * pitch, (2 * row + 2) * pitch);
  convertLine(block, upper, [luma.subarray(0, pitch), lines[0], lines[1]]);
  convertLine(block, lower, [luma.subarray(pitch), lines[2], lines[3]]);
  const at = row * pitch;
  for (const [index, plane] of [planes[1], planes[2]].entries()) {
    // Below the picture the last averages are repeated, not averages of the last line.
    if (top + 2 * row > last) plane.copyWithin(at, at - pitch, at);
    else average(lines[index]!, lines[2 + index]!, plane.subarray(at, at + pitch / 2));
  }
}

function average(upper: Uint8Array, lower: Uint8Array, out: Uint8Array): void {
  for (let i = 0; i < out.length; i++) {
    const sum = upper[2 * i]! + upper[2 * i + 1]! + lower[2 * i]! + lower[2 * i + 1]!;
    out[i] = (sum + 1 + (i & 1)) >> 2;
  }
}

function convertLine(
  { pixels, pitch, width }: PixelBlock,
  y: number,
  [luma, blue, red]: readonly [Uint8Array, Uint8Array, Uint8Array],
): void {
  for (let x = 0; x < luma.length; x++) {
    const at = y * pitch + 3 * Math.min(x, width - 1);
    const r = pixels[at]!;
    const g = pixels[at + 1]!;
    const b = pixels[at + 2]!;
    luma[x] = (19595 * r + 38470 * g + 7471 * b + 0x8000) >> 16;
    blue[x] = (-11059 * r - 21709 * g + 32768 * b + 0x807fff) >> 16;
    red[x] = (32768 * r - 27439 * g - 5329 * b + 0x807fff) >> 16;
  }
}

function copyGrey({ pixels, pitch, width }: PixelBlock, y: number, out: Uint8Array): void {
  for (let x = 0; x < out.length; x++) out[x] = pixels[y * pitch + Math.min(x, width - 1)]!;
}

/** Copies 8 x 8 samples, counted in blocks from the start of the row of MCUs, less 128. */
export function readBlock(
  { planes, pitch }: Samples,
  component: 0 | 1 | 2,
  { column, row, work }: { column: number; row: number; work: Int32Array },
): void {
  const plane = planes[component];
  for (let y = 0; y < 8; y++) {
    const at = (8 * row + y) * pitch + 8 * column;
    for (let x = 0; x < 8; x++) work[8 * y + x] = plane[at + x]! - 128;
  }
}
