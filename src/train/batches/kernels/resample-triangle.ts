import type { Raster } from '../../../io/raster.ts';

/** A rectangle of a picture; corners may lie between pixels. */
export interface PixelBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** For each output sample the inputs it is made of, `starts[i]` to `ends[i]`, and their weights from `i * taps` on. */
interface Taps {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly weights: Float64Array;
  readonly taps: number;
}

/**
 * Brings `box` of an RGB picture to `width` x `height` pixels by a triangle filter that widens when the picture shrinks:
 * Pillow's and torchvision's antialiased bilinear. It looks beyond the box, not beyond the picture. Memory: the box's lines at
 * the new width, as 32-bit floats.
 */
export function resampleTriangle(
  source: Raster,
  box: PixelBox,
  { width, height }: { width: number; height: number },
): Raster {
  const across = createTaps({ from: box.x, length: box.width, size: source.width }, width);
  const down = createTaps({ from: box.y, length: box.height, size: source.height }, height);
  const first = down.starts[0]!;
  const lines = new Float32Array((down.ends[height - 1]! - first) * width * 3);
  for (let at = 0, row = first * source.width * 3; at < lines.length; at += width * 3, row += source.width * 3)
    shrinkLine(source.data.subarray(row, row + source.width * 3), across, lines.subarray(at, at + width * 3));
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    mixLines(lines, { down, y, first }, data.subarray(y * width * 3, (y + 1) * width * 3));
  return { width, height, channels: 3, data };
}

function shrinkLine(line: Uint8Array, { starts, ends, weights, taps }: Taps, out: Float32Array): void {
  for (let x = 0, to = 0; x < starts.length; x++, to += 3) {
    let red = 0;
    let green = 0;
    let blue = 0;
    const end = ends[x]! * 3;
    for (let at = starts[x]! * 3, k = x * taps; at < end; at += 3, k++) {
      const weight = weights[k]!;
      red += weight * line[at]!;
      green += weight * line[at + 1]!;
      blue += weight * line[at + 2]!;
    }
    out[to] = red;
    out[to + 1] = green;
    out[to + 2] = blue;
  }
}

function mixLines(lines: Float32Array, at: { down: Taps; y: number; first: number }, out: Uint8Array): void {
  const { starts, ends, weights, taps } = at.down;
  const stride = out.length;
  const start = (starts[at.y]! - at.first) * stride;
  const count = ends[at.y]! - starts[at.y]!;
  for (let x = 0; x < stride; x++) {
    let sum = 0.5;
    for (let k = 0, from = start + x; k < count; k++, from += stride) sum += weights[at.y * taps + k]! * lines[from]!;
    out[x] = sum < 0 ? 0 : sum > 255 ? 255 : sum;
  }
}

function createTaps(range: { from: number; length: number; size: number }, count: number): Taps {
  const scale = range.length / count;
  const reach = Math.max(1, scale);
  const taps = 2 * Math.ceil(reach) + 1;
  const [starts, ends] = [new Int32Array(count), new Int32Array(count)];
  const weights = new Float64Array(count * taps);
  for (let i = 0; i < count; i++) {
    const centre = range.from + (i + 0.5) * scale;
    const start = Math.max(0, Math.floor(centre - reach + 0.5));
    const end = Math.min(range.size, Math.floor(centre + reach + 0.5));
    starts[i] = start;
    ends[i] = end;
    let sum = 0;
    for (let at = start; at < end; at++) {
      const weight = Math.max(0, 1 - Math.abs((at + 0.5 - centre) / reach));
      weights[i * taps + at - start] = weight;
      sum += weight;
    }
    for (let k = 0; k < end - start; k++) weights[i * taps + k] = weights[i * taps + k]! / sum;
  }
  return { starts, ends, weights, taps };
}
