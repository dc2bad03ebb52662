/** Huffman coding of blocks (ITU T.81 annex F.1.2), highest bit first, a zero behind each FF. */
export interface BitSink {
  readonly bytes: Uint8Array;
  at: number;
  /** The lowest `bitCount` (0 to 7) bits wait for the rest of their byte. */
  bits: number;
  bitCount: number;
}

export interface BlockCoding {
  /** The DC coefficient of the block before of this component. */
  readonly before: number;
  readonly dc: Uint32Array;
  readonly ac: Uint32Array;
}

/** Codes 64 coefficients in zigzag order. */
export function codeBlock(sink: BitSink, ordered: Int32Array, { before, dc, ac }: BlockCoding): void {
  const difference = ordered[0]! - before;
  const size = getSize(difference);
  putWord(sink, dc[size]!);
  putValue(sink, difference, size);
  let run = 0;
  for (let k = 1; k < 64; k++) {
    const value = ordered[k]!;
    if (value === 0) {
      run++;
      continue;
    }
    for (; run > 15; run -= 16) putWord(sink, ac[0xf0]!);
    const bits = getSize(value);
    putWord(sink, ac[16 * run + bits]!);
    putValue(sink, value, bits);
    run = 0;
  }
  if (run > 0) putWord(sink, ac[0]!);
}

/** A block that only fills up an MCU: no change of DC, and nothing else. */
export function codeEmptyBlock(sink: BitSink, dc: Uint32Array, ac: Uint32Array): void {
  putWord(sink, dc[0]!);
  putWord(sink, ac[0]!);
}

/** Fills the last byte up with ones. @returns where the next byte goes */
export function finishBits(sink: BitSink): number {
  if (sink.bitCount > 0) put(sink, 0x7f, 8 - sink.bitCount);
  return sink.at;
}

function getSize(value: number): number {
  return 32 - Math.clz32(Math.abs(value));
}

function putWord(sink: BitSink, word: number): void {
  put(sink, word >>> 6, word & 63);
}

/** The value itself, or for a negative one the value less one: its lowest bits. */
function putValue(sink: BitSink, value: number, size: number): void {
  put(sink, value < 0 ? value - 1 : value, size);
}

function put(sink: BitSink, value: number, count: number): void {
  sink.bits = (sink.bits << count) | (value & ((1 << count) - 1));
  sink.bitCount += count;
  while (sink.bitCount >= 8) {
    sink.bitCount -= 8;
    const byte = (sink.bits >>> sink.bitCount) & 255;
    sink.bytes[sink.at++] = byte;
    if (byte === 255) sink.bytes[sink.at++] = 0;
  }
}
