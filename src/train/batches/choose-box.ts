import type { PixelBox } from './kernels/resample-triangle.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The largest box in the middle of a picture with the sides of `target`. */
export function centreBox(picture: Size, target: Size): PixelBox {
  const scale = Math.min(picture.width / target.width, picture.height / target.height);
  const [width, height] = [target.width * scale, target.height * scale];
  return { x: (picture.width - width) / 2, y: (picture.height - height) / 2, width, height };
}

/** Natural logarithm of 4:3. */
const MOST_STRETCH = Math.log(4 / 3);

/**
 * A random box whose area is `least` to 1 of the centred one's and whose sides are stretched by up to 4:3, anywhere in the
 * picture; the centred box where `least` is 1. Draws four numbers, whatever comes of them.
 */
export function drawBox(
  picture: Size,
  target: Size,
  { least, random }: { least: number; random: () => number },
): PixelBox {
  const whole = centreBox(picture, target);
  const [size, shape, left, top] = [random(), random(), random(), random()];
  if (least === 1) return whole;
  const area = least + (1 - least) * size;
  const stretch = Math.exp((2 * shape - 1) * MOST_STRETCH);
  const width = Math.min(picture.width, whole.width * Math.sqrt(area * stretch));
  const height = Math.min(picture.height, whole.height * Math.sqrt(area / stretch));
  return { x: left * (picture.width - width), y: top * (picture.height - height), width, height };
}
