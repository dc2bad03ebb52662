import { createEllipseKernel, openAndClose } from './kernels/morphology.ts';
import type { Plane } from './kernels/plane.ts';

/** Opens (specks go), then closes (cracks go) with an ellipse of `size` pixels; 0 leaves the mask as it is. */
export function smooth(mask: Plane, size: number): Uint8Array {
  return size === 0 ? mask.data : openAndClose(mask, createEllipseKernel(size));
}
