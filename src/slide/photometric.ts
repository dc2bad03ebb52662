import { PHOTOMETRIC } from '../io/tiff/tags.ts';

/** Whether two photometric interpretations are shown alike: RGB may be stored as such or as Y, Cb, Cr. */
export function isSamePhotometric(one: number, other: number): boolean {
  return one === other || (isColour(one) && isColour(other));
}

function isColour(photometric: number): boolean {
  return photometric === PHOTOMETRIC.Rgb || photometric === PHOTOMETRIC.YCbCr;
}
