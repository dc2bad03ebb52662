import { viewWords } from './pixel-runs.ts';
import type { Spans } from './row-spans.ts';

/** Pixels that are painted with one label. */
export interface Canvas {
  readonly pixels: Uint8Array;
  /** The same by fours, or none. */
  readonly words: Int32Array;
  label: number;
}

export function createCanvas(pixels: Uint8Array): Canvas {
  return { pixels, words: viewWords(pixels), label: 0 };
}

/** Runs up to this length are written by a loop, which for them takes less time than calling `fill`. */
const SHORT = 256;

/** Paints the runs. */
export function paintSpans({ pixels, words, label }: Canvas, { list, count }: Spans): void {
  const word = Math.imul(label, 0x01010101);
  for (let i = 0; i < count; i++) {
    let from = list[i * 2]!;
    const to = list[i * 2 + 1]!;
    if (to - from > SHORT) {
      pixels.fill(label, from, to);
      continue;
    }
    if (words.length > 0 && to - from > 8) {
      while ((from & 3) !== 0) pixels[from++] = label;
      for (const end = to - 3; from < end; from += 4) words[from >> 2] = word;
    }
    while (from < to) pixels[from++] = label;
  }
}
