import { encodeImage } from '../io/encode-image.ts';
import { createRaster } from '../io/raster.ts';

const SIDE = 256;
/** Pixels from one stripe to the next, and of a stripe. */
const STEP = 32;
const STRIPE = 6;
const PAPER = [255, 235, 238] as const;
const INK = [198, 40, 40] as const;

let made: Promise<Uint8Array> | undefined;

/** What is shown in place of a tile that can't be read: red stripes both ways, as no tissue has them. */
export function createMarking(): Promise<Uint8Array> {
  made ??= drawMarking();
  return made;
}

function drawMarking(): Promise<Uint8Array> {
  const raster = createRaster(SIDE, SIDE);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const striped = (x + y) % STEP < STRIPE || (x - y + SIDE) % STEP < STRIPE;
      raster.data.set(striped ? INK : PAPER, 3 * (y * SIDE + x));
    }
  }
  return encodeImage(raster, { format: 'png' });
}
