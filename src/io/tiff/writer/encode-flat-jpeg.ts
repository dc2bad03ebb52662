/** A component of a frame: its sampling factors and the one value that all its samples have: 0, 128 or 255. */
export interface FlatComponent {
  readonly across: number;
  readonly down: number;
  readonly value: number;
}

/**
 * Tables of these numbers are used and no others: a decoder that keeps tables from one tile of a TIFF to the next (libtiff
 * does) must not find those of tag 347 replaced, which are 0 and 1. Huffman tables above 1 make the frame an extended one.
 */
const TABLE = 3;
const MARKER = { quantisation: 0xdb, frame: 0xc1, huffman: 0xc4, scan: 0xda } as const;

/** Lengths of the codes by symbol: for DC "no change", 10 and 11 bits; for AC "end of block". */
const DC_SYMBOLS: readonly number[] = [0, 10, 11];
const DC_COUNTS = [1, 1, 1, ...new Array<number>(13).fill(0)];
const AC_COUNTS = [1, ...new Array<number>(15).fill(0)];

/**
 * A complete JPEG of one colour: for a tile that a source lacks, in the midst of tiles that are copied. The steps of
 * quantisation are 1, so the values are exact.
 */
export function encodeFlatJpeg(
  size: { readonly width: number; readonly height: number },
  components: readonly FlatComponent[],
): Uint8Array {
  const single = components.length === 1;
  const shaped = components.map((one) => (single ? { ...one, across: 1, down: 1 } : one));
  const { width, height } = size;
  const listed = shaped.flatMap(({ across, down }, index) => [index + 1, across * 16 + down, TABLE]);
  const scanned = shaped.flatMap((_, index) => [index + 1, TABLE * 17]);
  return Uint8Array.from([
    ...[0xff, 0xd8],
    ...segment(MARKER.quantisation, [TABLE, ...new Array<number>(64).fill(1)]),
    ...segment(MARKER.frame, [8, height >> 8, height & 255, width >> 8, width & 255, shaped.length, ...listed]),
    ...segment(MARKER.huffman, [TABLE, ...DC_COUNTS, ...DC_SYMBOLS, 16 + TABLE, ...AC_COUNTS, 0]),
    ...segment(MARKER.scan, [shaped.length, ...scanned, 0, 63, 0]),
    ...encodeScan(size, shaped),
    ...[0xff, 0xd9],
  ]);
}

function segment(marker: number, content: readonly number[]): number[] {
  const length = content.length + 2;
  return [0xff, marker, length >> 8, length & 255, ...content];
}

/** One DC coefficient for each component, in its first block; every other block is two bits. */
function encodeScan(
  { width, height }: { width: number; height: number },
  components: readonly FlatComponent[],
): number[] {
  const most = (side: 'across' | 'down') => Math.max(...components.map((one) => one[side]));
  const mcus = Math.ceil(width / (8 * most('across'))) * Math.ceil(height / (8 * most('down')));
  const out: number[] = [];
  let held = 0;
  let count = 0;
  const put = (value: number, bits: number) => {
    for (let bit = bits - 1; bit >= 0; bit--) {
      held = (held << 1) | ((value >> bit) & 1);
      if (++count < 8) continue;
      out.push(held);
      // A data byte of FF is told from a marker by the zero behind it.
      if (held === 0xff) out.push(0);
      held = 0;
      count = 0;
    }
  };
  for (let mcu = 0; mcu < mcus; mcu++) {
    for (const { across, down, value } of components) {
      for (let block = 0; block < across * down; block++) {
        if (mcu === 0 && block === 0) putDc(put, (value - 128) * 8);
        else put(0, 1);
        put(0, 1);
      }
    }
  }
  while (count > 0) put(1, 1);
  return out;
}

/** T.81, F.1.2.1: the category by its code, then the value, negative ones less one. Values are 0 or of 10 or 11 bits. */
function putDc(put: (value: number, bits: number) => void, dc: number): void {
  const bits = dc === 0 ? 0 : 32 - Math.clz32(Math.abs(dc));
  const at = DC_SYMBOLS.indexOf(bits);
  if (at < 0) throw new RangeError(`expected 0, 128 or 255 for \`value\` but received ${dc / 8 + 128}`);
  put(at === 0 ? 0 : at === 1 ? 0b10 : 0b110, at + 1);
  if (bits > 0) put(dc > 0 ? dc : dc + 2 ** bits - 1, bits);
}
