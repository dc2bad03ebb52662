import { close, createEllipseKernel, open } from './kernels/morphology.ts';
import type { Plane } from './kernels/plane.ts';

/** Opens (specks go), then closes (cracks go) with an ellipse of `size` pixels; 0 leaves the mask as it is. */
export function smooth(mask: Plane, size: number): Uint8Array {
  if (size === 0) return mask.data;
  const kernel = createEllipseKernel(size);
  return close({ ...mask, data: open(mask, kernel) }, kernel);
}
