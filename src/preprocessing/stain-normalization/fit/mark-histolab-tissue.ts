/** Tissue as histolab sees it in a tile: darker than Otsu's threshold, grown by two pixels, holes filled. */
import { computeHistogram, computeOtsu } from '../../tissue-detection/kernels/histogram.ts';
import { dilateDisk } from '../kernels/dilate-disk.ts';
import { fillHoles } from '../kernels/fill-holes.ts';
import { cropPlane, padPlane } from '../kernels/pad-plane.ts';
import { computePillowGrey } from '../kernels/pillow-grey.ts';
import type { RgbPixels } from '../stain-method.ts';

/** histolab looks at a tile within a white frame, so that a tile full of tissue has glass to stand out from. */
const BORDER = 10;

/** 1 for tissue; one byte a pixel. */
export function markHistolabTissue({ width, data }: RgbPixels): Uint8Array {
  const grey = new Uint8Array(data.length / 3);
  if (grey.length === 0) return grey;
  computePillowGrey(data, grey);
  const framed = padPlane(grey, width, BORDER, 255);
  const { threshold } = computeOtsu(computeHistogram(framed));
  const dark = framed.map((value) => (value < threshold ? 1 : 0));
  dilateDisk(dark, width + 2 * BORDER, framed);
  fillHoles(framed, width + 2 * BORDER);
  return cropPlane(framed, width, BORDER);
}
