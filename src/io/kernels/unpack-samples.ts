import { SAMPLE_ARRAYS, type SampleArray, type SampleType } from '../sample-raster.ts';

/** How raw samples lie in memory. */
export interface RawLayout {
  readonly type: SampleType;
  readonly rows: number;
  /** Samples of a row. */
  readonly pitch: number;
  /** Samples of a pixel. */
  readonly samples: number;
  readonly littleEndian: boolean;
  /** 1 none, 2 differences to the pixel before, 3 differences of the bytes of floating numbers (TIFF tag 317). */
  readonly predictor: number;
}

/** Bytes of a stored sample. */
export function getSampleBytes(type: SampleType): number {
  return type === 'float16' ? 2 : SAMPLE_ARRAYS[type].BYTES_PER_ELEMENT;
}

/**
 * Stored bytes to numbers, exact: byte order and differences are undone. Machines that Node runs on are little endian.
 * @param raw exactly the samples; it may be worked on in place, and belongs to the result afterwards
 */
export function unpackSamples(raw: Uint8Array, layout: RawLayout): SampleArray {
  const { type, littleEndian, predictor } = layout;
  const bytes = getSampleBytes(type);
  // Numbers want an address that is a multiple of their size.
  const own = raw.byteOffset % bytes === 0 ? raw : raw.slice();
  const { byteOffset } = own;
  // Samples never lie in shared memory.
  const buffer = own.buffer as ArrayBuffer;
  const count = own.length / bytes;
  if (predictor === 3) joinFloatBytes(own, { ...layout, bytes });
  else if (!littleEndian && bytes > 1) reverseBytes(own, bytes);
  if (predictor === 2) addDifferences(own, { ...layout, bytes });
  if (type === 'float16') return widenHalves(new Uint16Array(buffer, byteOffset, count));
  return new SAMPLE_ARRAYS[type](buffer, byteOffset, count);
}

function reverseBytes(own: Uint8Array, bytes: number): void {
  for (let at = 0; at < own.length; at += bytes) {
    for (let low = at, high = at + bytes - 1; low < high; low++, high--) {
      const kept = own[low]!;
      own[low] = own[high]!;
      own[high] = kept;
    }
  }
}

type WithBytes = RawLayout & { readonly bytes: number };

/** TIFF 6.0 section 14, of samples of any width that is an integer's: sums are modulo their range. */
function addDifferences(own: Uint8Array, { rows, pitch, samples, bytes }: WithBytes): void {
  const Words = bytes === 4 ? Uint32Array : bytes === 2 ? Uint16Array : Uint8Array;
  const values = new Words(own.buffer as ArrayBuffer, own.byteOffset, own.length / bytes);
  for (let row = 0; row < rows; row++) {
    const end = (row + 1) * pitch;
    for (let i = row * pitch + samples; i < end; i++) values[i]! += values[i - samples]!;
  }
}

/**
 * Adobe's TIFF technical note 3: a row holds the highest bytes of all samples, then the next, down to the lowest, whatever
 * the file's byte order, and each byte is the difference to the one `samples` before it.
 */
function joinFloatBytes(own: Uint8Array, { rows, pitch, samples, bytes }: WithBytes): void {
  const line = new Uint8Array(pitch * bytes);
  for (let row = 0; row < rows; row++) {
    const at = row * line.length;
    line.set(own.subarray(at, at + line.length));
    for (let i = samples; i < line.length; i++) line[i]! += line[i - samples]!;
    for (let i = 0; i < pitch; i++) {
      for (let b = 0; b < bytes; b++) own[at + i * bytes + bytes - 1 - b] = line[b * pitch + i]!;
    }
  }
}

/** IEEE 754 binary16 to single precision, which holds each of its values. */
function widenHalves(halves: Uint16Array): Float32Array {
  const out = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i]!;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    const size =
      exponent === 0
        ? fraction * 2 ** -24
        : exponent === 31
          ? fraction === 0
            ? Number.POSITIVE_INFINITY
            : Number.NaN
          : (1 + fraction / 1024) * 2 ** (exponent - 15);
    out[i] = half & 0x8000 ? -size : size;
  }
  return out;
}
