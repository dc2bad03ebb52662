import type { Spans } from './row-spans.ts';

/** Pixels as runs of equal ones: run i ends before pixel `ends[i]` and begins where the one before it ends. */
export interface PixelRuns {
  ends: Int32Array;
  values: Uint8Array;
  count: number;
}

/** Where tiles have no more, nothing has to grow. */
const ROOM = 4096;

export function createPixelRuns(): PixelRuns {
  return { ends: new Int32Array(ROOM), values: new Uint8Array(ROOM), count: 0 };
}

function addRun(runs: PixelRuns, end: number, value: number): void {
  const { count } = runs;
  if (count === runs.ends.length) {
    const ends = new Int32Array(count * 2);
    const values = new Uint8Array(count * 2);
    ends.set(runs.ends);
    values.set(runs.values);
    runs.ends = ends;
    runs.values = values;
  }
  runs.ends[count] = end;
  runs.values[count] = value;
  runs.count = count + 1;
}

/**
 * Adds runs of `value` from the left to the right, and of `below` between them and what is there already. Spans don't touch
 * one another.
 */
export function addSpans(runs: PixelRuns, { list, count }: Spans, value: number, below: number): void {
  let last = runs.count > 0 ? runs.ends[runs.count - 1]! : 0;
  for (let i = 0; i < count; i++) {
    const from = list[i * 2]!;
    // The spans of two halves of a box may touch.
    if (from === last && runs.count > 0) runs.count--;
    else if (from > last) addRun(runs, from, below);
    last = list[i * 2 + 1]!;
    addRun(runs, last, value);
  }
}

/** Ends the runs at pixel `end`, with `below` where there are none yet. */
export function endRuns(runs: PixelRuns, end: number, below: number): void {
  if (runs.count === 0 || runs.ends[runs.count - 1]! < end) addRun(runs, end, below);
}

/** Finds the runs of pixels, 16 at a time where they lie on a word. */
export function findRuns(pixels: Uint8Array, runs: PixelRuns): void {
  const words = viewWords(pixels);
  runs.count = 0;
  for (let start = 0; start < pixels.length; ) {
    const end = findRunEnd(pixels, words, start);
    addRun(runs, end, pixels[start]!);
    start = end;
  }
}

/** Adds the pixels of each value to `counts` (256). */
export function countRuns({ ends, values, count }: PixelRuns, counts: Float64Array): void {
  let start = 0;
  for (let i = 0; i < count; i++) {
    counts[values[i]!]! += ends[i]! - start;
    start = ends[i]!;
  }
}

/**
 * One bit a pixel, the first in the highest bit: set where the pixel is not 0. Rows of `width` pixels begin every `pitch`
 * bits.
 */
export function packRuns(
  { ends, values, count }: PixelRuns,
  bits: Uint8Array,
  { width, pitch }: { width: number; pitch: number },
): void {
  bits.fill(0);
  let start = 0;
  for (let i = 0; i < count; i++) {
    const end = ends[i]!;
    if (values[i] === 0) start = end;
    else if (pitch === width) {
      setBits(bits, start, end);
      start = end;
    }
    while (start < end) {
      const row = Math.floor(start / width);
      const stop = Math.min(end, (row + 1) * width);
      const shift = row * (pitch - width);
      setBits(bits, start + shift, stop + shift);
      start = stop;
    }
  }
}

/** The bytes that `packRuns` makes of rows without a rest, as runs; there must be a multiple of 8 pixels. */
export function packToRuns({ ends, values, count }: PixelRuns, packed: PixelRuns): void {
  packed.count = 0;
  // Of the byte in which the run before has ended.
  let byte = 0;
  let start = 0;
  for (let i = 0; i < count; i++) {
    const end = ends[i]!;
    const full = values[i] === 0 ? 0 : 255;
    if ((start & 7) !== 0) {
      const stop = Math.min(end, (start | 7) + 1);
      byte |= full & (255 >> (start & 7)) & ~(255 >> (((stop - 1) & 7) + 1));
      start = stop;
      if ((stop & 7) !== 0) continue;
      addBytes(packed, stop >> 3, byte);
    }
    if (end >> 3 > start >> 3) addBytes(packed, end >> 3, full);
    byte = full & ~(255 >> (end & 7));
    start = end;
  }
}

function addBytes(packed: PixelRuns, end: number, value: number): void {
  const { count } = packed;
  if (count > 0 && packed.values[count - 1] === value) packed.ends[count - 1] = end;
  else addRun(packed, end, value);
}

/** Up to so many bytes a loop takes less time than calling `fill`. */
const SHORT = 96;

/** Sets bits `from` to `to`, exclusive. */
function setBits(bits: Uint8Array, from: number, to: number): void {
  const first = from >> 3;
  const last = to >> 3;
  const head = 255 >> (from & 7);
  const tail = 255 & ~(255 >> (to & 7));
  if (first === last) {
    bits[first]! |= head & tail;
    return;
  }
  bits[first]! |= head;
  if (last - first > SHORT) bits.fill(255, first + 1, last);
  else for (let at = first + 1; at < last; at++) bits[at] = 255;
  if (tail !== 0) bits[last]! |= tail;
}

/** Four bytes each, without the last ones; none where the bytes do not lie on a word. */
function viewWords({ buffer, byteOffset, length }: Uint8Array): Int32Array {
  const aligned = byteOffset % 4 === 0;
  return new Int32Array(buffer as ArrayBuffer, aligned ? byteOffset : 0, aligned ? length >> 2 : 0);
}

/** Where the bytes end that equal the one at `start`. `words` are the same bytes by fours, or none. */
function findRunEnd(bytes: Uint8Array, words: Int32Array, start: number): number {
  const value = bytes[start]!;
  const end = bytes.length;
  let at = start + 1;
  while ((at & 3) !== 0) {
    if (at >= end || bytes[at] !== value) return at;
    at++;
  }
  const word = Math.imul(value, 0x01010101);
  const last = words.length - 4;
  let index = at >> 2;
  while (
    index <= last &&
    words[index] === word &&
    words[index + 1] === word &&
    words[index + 2] === word &&
    words[index + 3] === word
  )
    index += 4;
  while (index < words.length && words[index] === word) index++;
  at = index << 2;
  while (at < end && bytes[at] === value) at++;
  return at;
}
