/** Takes a JPEG file apart, to make abbreviated and damaged ones of it. */
export interface JpegParts {
  /** An abbreviated stream with the quantisation and Huffman tables: what tag 347 holds. */
  readonly tables: Uint8Array;
  /** The same JPEG without them. */
  readonly abbreviated: Uint8Array;
  /** Offset of the first byte of entropy-coded data in the whole file; it ends 2 bytes before the file does. */
  readonly entropyAt: number;
}

export function splitJpeg(jpeg: Uint8Array): JpegParts {
  const tables: number[] = [0xff, 0xd8];
  const rest: number[] = [0xff, 0xd8];
  let at = 2;
  while (jpeg[at + 1] !== 0xda) {
    const marker = jpeg[at + 1] ?? 0;
    const end = at + 2 + ((jpeg[at + 2] ?? 0) << 8) + (jpeg[at + 3] ?? 0);
    const target = marker === 0xdb || marker === 0xc4 ? tables : rest;
    target.push(...jpeg.subarray(at, end));
    at = end;
  }
  const entropyAt = at + 2 + ((jpeg[at + 2] ?? 0) << 8) + (jpeg[at + 3] ?? 0);
  rest.push(...jpeg.subarray(at));
  return { tables: Uint8Array.from([...tables, 0xff, 0xd9]), abbreviated: Uint8Array.from(rest), entropyAt };
}

/** Inserts a segment behind the start marker. */
export function insertSegment(jpeg: Uint8Array, marker: number, payload: Uint8Array): Uint8Array {
  const length = payload.length + 2;
  return Uint8Array.from([0xff, 0xd8, 0xff, marker, length >> 8, length & 255, ...payload, ...jpeg.subarray(2)]);
}

/** Takes all APPn segments out. */
export function removeMarkers(jpeg: Uint8Array): Uint8Array {
  const kept = [0xff, 0xd8];
  let at = 2;
  while (jpeg[at + 1] !== 0xda) {
    const end = at + 2 + ((jpeg[at + 2] ?? 0) << 8) + (jpeg[at + 3] ?? 0);
    const marker = jpeg[at + 1] ?? 0;
    if (marker < 0xe0 || marker > 0xef) kept.push(...jpeg.subarray(at, end));
    at = end;
  }
  return Uint8Array.from([...kept, ...jpeg.subarray(at)]);
}
