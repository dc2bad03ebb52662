import type { SampleArray } from '../../../../io/sample-raster.ts';

/** Where the samples of a plane lie in a chunk. */
export interface PlaneLayout {
  /** Of the first sample; steps from column to column and from row to row. All in samples. */
  readonly offset: number;
  readonly stepX: number;
  readonly stepY: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Copies a plane into `out`, rows from the top: from its sample `first` on, every `step`-th of them. `out` is of the same type,
 * or of one that holds its values.
 */
export function pickPlane<T extends SampleArray>(
  samples: SampleArray,
  { offset, stepX, stepY, width, height }: PlaneLayout,
  { out, first = 0, step = 1 }: { readonly out: T; readonly first?: number; readonly step?: number },
): T {
  for (let y = 0, to = first; y < height; y++) {
    for (let x = 0, at = offset + y * stepY; x < width; x++, at += stepX, to += step) out[to] = samples[at]!;
  }
  return out;
}
