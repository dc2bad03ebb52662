const CLEAR = 256;
const END = 257;
const FIRST_FREE = 258;
/** The table is started anew here, before the codes of 12 bits run out. */
const FULL = 4094;

/**
 * TIFF's LZW (compression 5): codes of 9 to 12 bits, high bits first, wider as soon as
 * the last code of a width is given out. `bytes` is one block.
 */
export function encodeLzw(bytes: Uint8Array): Uint8Array {
  const out = createBitWriter(bytes.length);
  let codes = new Map<number, number>();
  let next = FIRST_FREE;
  let width = 9;
  let prefix = -1;
  out.write(CLEAR, width);
  for (const byte of bytes) {
    const known = prefix < 0 ? byte : codes.get(prefix * 256 + byte);
    if (known !== undefined) {
      prefix = known;
      continue;
    }
    out.write(prefix, width);
    codes.set(prefix * 256 + byte, next++);
    if (next === FULL) {
      out.write(CLEAR, width);
      codes = new Map();
      next = FIRST_FREE;
      width = 9;
    } else if (next === 2 ** width) {
      width++;
    }
    prefix = byte;
  }
  if (prefix >= 0) {
    out.write(prefix, width);
    // The reader counts an entry for this code too, so the end code has the width that the next code would have.
    next++;
    if (next === FULL) {
      out.write(CLEAR, width);
      width = 9;
    } else if (next === 2 ** width) {
      width++;
    }
  }
  out.write(END, width);
  return out.finish();
}

/** Replaces each sample by its difference to the pixel on its left (predictor 2). Rows of `rowBytes`, in place. */
export function applyHorizontalPredictor(bytes: Uint8Array, rowBytes: number, channels: number): void {
  for (let row = 0; row < bytes.length; row += rowBytes) {
    for (let i = row + rowBytes - 1; i >= row + channels; i--) {
      bytes[i] = (bytes[i] ?? 0) - (bytes[i - channels] ?? 0);
    }
  }
}

function createBitWriter(expected: number): { write(value: number, bits: number): void; finish(): Uint8Array } {
  let bytes = new Uint8Array(Math.max(64, expected));
  let length = 0;
  let buffer = 0;
  let held = 0;
  const push = (byte: number) => {
    if (length === bytes.length) {
      const grown = new Uint8Array(length * 2);
      grown.set(bytes);
      bytes = grown;
    }
    bytes[length++] = byte;
  };
  return {
    write(value, bits) {
      buffer = (buffer << bits) | value;
      held += bits;
      while (held >= 8) {
        held -= 8;
        push((buffer >> held) & 0xff);
      }
      buffer &= (1 << held) - 1;
    },
    finish() {
      if (held > 0) push((buffer << (8 - held)) & 0xff);
      return bytes.slice(0, length);
    },
  };
}
