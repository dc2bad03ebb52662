import type { ArrayInfo } from './array-info.ts';
import type { PlaneLayout } from './kernels/pick-plane.ts';
import type { AxisName } from './multiscales.ts';

export type Sizes = Readonly<Record<AxisName, number>>;

/** By the names of axes; 1 for those that the image does not have. */
export function getSizes(sizes: readonly number[], axes: readonly AxisName[]): Sizes {
  const found = { t: 1, c: 1, z: 1, y: 1, x: 1 };
  for (const [i, axis] of axes.entries()) found[axis] = sizes[i] ?? 1;
  return found;
}

/** Where the chosen plane of an array lies in its chunks. */
export interface ChunkGrid {
  readonly axes: readonly AxisName[];
  readonly size: Sizes;
  readonly chunk: Sizes;
  /** The place in the grid of chunks of the one that holds a channel of a tile. */
  locate(col: number, row: number, channel: number): number[];
  /** Where the plane of a channel lies in its chunk, whose samples have these steps. */
  layOut(steps: readonly number[], channel: number): PlaneLayout;
}

export function createChunkGrid(
  { shape, chunk: chunkShape }: ArrayInfo,
  { axes, full, plane }: { axes: readonly AxisName[]; full: Sizes; plane: { readonly z: number; readonly t: number } },
): ChunkGrid {
  const size = getSizes(shape, axes);
  const chunk = getSizes(chunkShape, axes);
  // Coarse levels may have fewer focal planes: the one at the same height.
  const z = Math.floor((plane.z * size.z) / full.z);
  const t = Math.floor((plane.t * size.t) / full.t);
  return {
    ...{ axes, size, chunk },
    locate(col, row, channel) {
      const [c, planeZ, planeT] = [channel / chunk.c, z / chunk.z, t / chunk.t].map(Math.floor) as [
        number,
        number,
        number,
      ];
      const places = { x: col, y: row, c, z: planeZ, t: planeT };
      return axes.map((axis) => places[axis]);
    },
    layOut(steps, channel) {
      const step = getSizes(steps, axes);
      const offset = (channel % chunk.c) * step.c + (z % chunk.z) * step.z + (t % chunk.t) * step.t;
      return { offset, stepX: step.x, stepY: step.y, width: chunk.x, height: chunk.y };
    },
  };
}
