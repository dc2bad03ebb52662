/**
 * TIFF LZW (TIFF 6.0 section 13): most significant bit first, codes of 9 to 12 bits, the width grows one code early.
 * Each table entry is a place in the output already written plus a length, so that no string is kept twice.
 */
const CLEAR = 256;
const END = 257;
const TABLE_SIZE = 4096;

/**
 * Fills `out` from `bytes`.
 * @returns bytes written: less than `out.length` where the stream ends early; `-1 - code` at a code that does not exist.
 */
export function expandLzw(bytes: Uint8Array, out: Uint8Array): number {
  const starts = new Uint32Array(TABLE_SIZE);
  const lengths = new Uint32Array(TABLE_SIZE);
  const length = out.length;
  let next = END + 1;
  let width = 9;
  let from = 0;
  let window = 0;
  let bits = 0;
  let to = 0;
  let previous = 0;
  let previousLength = 0;
  while (to < length) {
    while (bits < width && from < bytes.length) {
      window = ((window << 8) | bytes[from++]!) & 0xfffff;
      bits += 8;
    }
    // A code that is cut by the end of the stream is no code.
    if (bits < width) return to;
    bits -= width;
    const code = (window >> bits) & ((1 << width) - 1);
    if (code === END) return to;
    if (code === CLEAR) {
      next = END + 1;
      width = 9;
      previousLength = 0;
      continue;
    }
    if (code > next || (code >= CLEAR && previousLength === 0)) return -1 - code;
    const start = to;
    if (code < CLEAR) out[to++] = code;
    else {
      // The code that is about to be defined is the previous string and its own first byte.
      let source = code === next ? previous : starts[code]!;
      const end = Math.min(length, to + (code === next ? previousLength + 1 : lengths[code]!));
      // Byte by byte, as the string may overlap its own copy.
      while (to < end) out[to++] = out[source++]!;
    }
    if (previousLength > 0 && next < TABLE_SIZE) {
      // The previous string and the byte after it, which is the first of this one.
      starts[next] = previous;
      lengths[next++] = previousLength + 1;
      if (next >= (1 << width) - 1 && width < 12) width++;
    }
    previous = start;
    previousLength = to - start;
  }
  return to;
}
