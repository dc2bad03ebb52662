import type { Spans } from './row-spans.ts';

/** Pixels that are painted with one label. */
export interface Canvas {
  readonly pixels: Uint8Array;
  /** The same, for four at a time. */
  readonly view: DataView;
  label: number;
}

export function createCanvas(pixels: Uint8Array): Canvas {
  return { pixels, view: new DataView(pixels.buffer, pixels.byteOffset, pixels.length), label: 0 };
}

/** Runs up to this length are written by a loop, which for them takes less time than calling `fill`. */
const SHORT = 128;

/** Paints the runs. The last four pixels of a run may be written twice: that takes less time than a loop over the rest. */
export function paintSpans({ pixels, view, label }: Canvas, { list, count }: Spans): void {
  const word = Math.imul(label, 0x01010101);
  for (let i = 0; i < count; i++) {
    const from = list[i * 2]!;
    const to = list[i * 2 + 1]!;
    if (to - from > SHORT) pixels.fill(label, from, to);
    else if (to - from >= 4) {
      for (let at = from; at < to - 4; at += 4) view.setInt32(at, word, true);
      view.setInt32(to - 4, word, true);
    } else {
      pixels[from] = label;
      pixels[(from + to) >> 1] = label;
      pixels[to - 1] = label;
    }
  }
}
