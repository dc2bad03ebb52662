/** Raw interleaved 8-bit samples, changed in place unless said otherwise. */

/** Adds up horizontal differences (TIFF 6.0 section 14). `pitch` is bytes a row, `samples` those of one pixel. */
export function undoHorizontalPredictor(raw: Uint8Array, rows: number, { pitch, samples }: RowLayout): void {
  for (let row = 0; row < rows; row++) {
    const end = (row + 1) * pitch;
    for (let i = row * pitch + samples; i < end; i++) raw[i]! += raw[i - samples]!;
  }
}

export interface RowLayout {
  readonly pitch: number;
  readonly samples: number;
}

/** Turns WhiteIsZero into BlackIsZero: every `step`-th of the first `count` samples, so that alpha stays as it is. */
export function invertSamples(raw: Uint8Array, count: number, step: number): void {
  for (let i = 0; i < count; i += step) raw[i] = 255 - raw[i]!;
}

/** Copies the first `channels` of `samples` a pixel into `out`. */
export function dropExtraSamples(
  raw: Uint8Array,
  out: Uint8Array,
  { channels, samples }: { channels: number; samples: number },
): void {
  for (let from = 0, to = 0; to < out.length; from += samples) {
    for (let c = 0; c < channels; c++) out[to++] = raw[from + c]!;
  }
}

/**
 * Lays pixels whose last sample is alpha over white, into `out`, which has one sample less. `premultiplied` samples hold
 * colour x alpha already. Rounded to the nearest level: (t + 128 + ((t + 128) >> 8)) >> 8 is t / 255 for t <= 255 x 255.
 */
export function layOverWhite(
  raw: Uint8Array,
  out: Uint8Array,
  { channels, premultiplied }: { channels: number; premultiplied: boolean },
): void {
  for (let from = 0, to = 0; to < out.length; from++) {
    const alpha = raw[from + channels]!;
    const white = 255 - alpha;
    for (let c = 0; c < channels; c++) {
      const value = raw[from++]!;
      const scaled = value * alpha + 128;
      const weighted = premultiplied ? value : (scaled + (scaled >> 8)) >> 8;
      out[to++] = Math.min(255, weighted + white);
    }
  }
}
