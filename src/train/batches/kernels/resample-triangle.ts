import type { Raster } from '../../../io/raster.ts';

/** A rectangle of a picture; corners may lie between pixels. */
export interface PixelBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** For each output sample where its inputs start, and their weights: `taps` each, filled up with zeros. */
interface Taps {
  readonly starts: Int32Array;
  readonly weights: Float64Array;
  readonly taps: number;
}

/**
 * Brings `box` of a picture to `width` x `height` pixels by a triangle filter that widens when the picture shrinks: Pillow's
 * and torchvision's antialiased bilinear. It looks beyond the box, not beyond the picture.
 */
export function resampleTriangle(
  source: Raster,
  box: PixelBox,
  { width, height }: { width: number; height: number },
): Raster {
  const { channels, data } = source;
  const across = createTaps({ from: box.x, length: box.width, size: source.width }, width);
  const down = createTaps({ from: box.y, length: box.height, size: source.height }, height);
  const first = down.starts[0]!;
  const last = down.starts[height - 1]! + down.taps;
  const lines = new Float32Array((last - first) * width * channels);
  for (let y = first; y < last; y++) {
    // Rows behind the picture have no weight.
    if (y >= source.height) break;
    for (let x = 0, to = (y - first) * width * channels; x < width; x++) {
      const start = across.starts[x]!;
      for (let c = 0; c < channels; c++, to++) {
        let sum = 0;
        for (let k = 0, at = (y * source.width + start) * channels + c; k < across.taps; k++, at += channels) {
          const weight = across.weights[x * across.taps + k]!;
          if (weight !== 0) sum += weight * data[at]!;
        }
        lines[to] = sum;
      }
    }
  }
  return { width, height, channels, data: mixLines(lines, { down, first, stride: width * channels, height }) };
}

interface LinePlan {
  readonly down: Taps;
  /** Row of the picture that the first line is. */
  readonly first: number;
  readonly stride: number;
  readonly height: number;
}

function mixLines(lines: Float32Array, { down, first, stride, height }: LinePlan): Uint8Array {
  const out = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const start = (down.starts[y]! - first) * stride;
    for (let x = 0; x < stride; x++) {
      let sum = 0.5;
      for (let k = 0, at = start + x; k < down.taps; k++, at += stride)
        sum += down.weights[y * down.taps + k]! * lines[at]!;
      out[y * stride + x] = sum < 0 ? 0 : sum > 255 ? 255 : sum;
    }
  }
  return out;
}

function createTaps(range: { from: number; length: number; size: number }, count: number): Taps {
  const scale = range.length / count;
  const reach = Math.max(1, scale);
  const taps = 2 * Math.ceil(reach) + 1;
  const starts = new Int32Array(count);
  const weights = new Float64Array(count * taps);
  for (let i = 0; i < count; i++) {
    const centre = range.from + (i + 0.5) * scale;
    const start = Math.max(0, Math.floor(centre - reach + 0.5));
    const end = Math.min(range.size, start + taps, Math.floor(centre + reach + 0.5));
    starts[i] = start;
    let sum = 0;
    for (let at = start; at < end; at++) {
      const weight = Math.max(0, 1 - Math.abs((at + 0.5 - centre) / reach));
      weights[i * taps + at - start] = weight;
      sum += weight;
    }
    for (let k = 0; k < taps; k++) weights[i * taps + k] = weights[i * taps + k]! / sum;
  }
  return { starts, weights, taps };
}
