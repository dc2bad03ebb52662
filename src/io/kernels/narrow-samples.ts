/** How 16-bit samples lie in memory. */
export interface WideLayout {
  readonly rows: number;
  /** Samples of a row. */
  readonly pitch: number;
  /** Samples of a pixel. */
  readonly samples: number;
  readonly littleEndian: boolean;
  /** Samples are differences to the pixel before (TIFF 6.0 section 14, predictor 2), modulo 65,536. */
  readonly differences: boolean;
}

/**
 * 16-bit samples to the nearest of 256 levels: 65,535 is 255, v is floor((v + 128) / 257). That is libtiff's rule for
 * colour (`tif_getimage.c`); its grey takes the high byte, which is at most one level less or more.
 * @param out one byte a sample; `raw` holds at least two for each
 */
export function narrowSamples(raw: Uint8Array, out: Uint8Array, layout: WideLayout): void {
  const { rows, pitch, samples, littleEndian, differences } = layout;
  const low = littleEndian ? 0 : 1;
  const high = 1 - low;
  const sums = new Uint16Array(samples);
  for (let row = 0, at = 0; row < rows; row++) {
    const end = at + pitch;
    if (!differences) {
      for (; at < end; at++) out[at] = ((raw[2 * at + low]! | (raw[2 * at + high]! << 8)) + 128) / 257;
      continue;
    }
    sums.fill(0);
    for (let s = 0; at < end; at++) {
      sums[s]! += raw[2 * at + low]! | (raw[2 * at + high]! << 8);
      out[at] = (sums[s]! + 128) / 257;
      if (++s === samples) s = 0;
    }
  }
}
