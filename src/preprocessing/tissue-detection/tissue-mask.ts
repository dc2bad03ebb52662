import type { Polygon } from '../../geometry/polygon.ts';

/** A binary image over the whole slide. Mask pixel (i, j) covers level-0 pixels [i·dx, (i+1)·dx) x [j·dy, (j+1)·dy). */
export interface TissueMask {
  /** Mask pixels. */
  readonly width: number;
  readonly height: number;
  /** One byte a pixel, rows from the top: 1 is tissue, 0 is not. */
  readonly data: Uint8Array;
  /** Level-0 pixels per mask pixel, per axis: the whole transform to level 0, as the origin is shared. */
  readonly downsample: { readonly x: number; readonly y: number };
}

/** What tissue detection found on one slide. */
export interface TissueResult {
  readonly status: 'ok' | 'no-tissue';
  readonly mask: TissueMask;
  /** Connected pieces with their holes, level-0 pixels, in the order the method found them. */
  readonly polygons: readonly Polygon[];
  /** Share of mask pixels that are tissue, 0..1. */
  readonly fraction: number;
  /** Tissue area in mm²; undefined without mpp. */
  readonly areaMm2: number | undefined;
}
