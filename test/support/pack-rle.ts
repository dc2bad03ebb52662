import { createNoise } from './tiny-tiff.ts';

/** Noise and runs as one frame of DICOM RLE (PS3.5, annex G): a segment of PackBits for each sample of 8 bits. */
export function packRle(width: number, height: number, samples: number): Uint8Array {
  const segments: number[][] = [];
  for (let s = 0; s < samples; s++) {
    const segment: number[] = [];
    const noise = createNoise(width * height, s + 1);
    for (let at = 0; at < noise.length; at += 16)
      segment.push(...(at % 32 === 0 ? [15, ...noise.subarray(at, at + 16)] : [257 - 16, noise[at] ?? 0]));
    segments.push(segment.length % 2 === 0 ? segment : [...segment, 0]);
  }
  const header = new Uint32Array(16);
  header[0] = samples;
  segments.reduce((at, segment, i) => {
    header[i + 1] = at;
    return at + segment.length;
  }, 64);
  return Uint8Array.from([...new Uint8Array(header.buffer), ...segments.flat()]);
}
