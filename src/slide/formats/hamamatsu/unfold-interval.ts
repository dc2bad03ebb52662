import type { Raster } from '../../../io/raster.ts';

/** Puts the `folds` parts of a decoded interval, which lie below each other, side by side. */
export function unfoldInterval(folded: Raster, folds: number): Raster {
  if (folds === 1) return folded;
  const { channels } = folded;
  const [width, height] = [folded.width * folds, folded.height / folds];
  const data = new Uint8Array(folded.data.length);
  const line = folded.width * channels;
  for (let from = 0; from < folded.height; from++) {
    const to = (from % height) * width * channels + Math.floor(from / height) * line;
    data.set(folded.data.subarray(from * line, (from + 1) * line), to);
  }
  return { width, height, channels, data };
}
