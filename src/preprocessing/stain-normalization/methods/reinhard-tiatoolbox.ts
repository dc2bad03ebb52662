/**
 * Reinhard's method as tiatoolbox and StainTools compute it: in OpenCV's 8-bit CIELAB, truncated on the way back. Each axis
 * has 256 values, so that statistics are those of three histograms and a transform is three tables.
 */
import { CIELAB_FLOORS, createAxisChange, expectMoments, fitColor, type MomentSums } from '../fit/color-moments.ts';
import type { AxisChange } from '../kernels/axis-change.ts';
import { countTriples } from '../kernels/count-triples.ts';
import { convertFromLab, convertToLab } from '../kernels/opencv-lab.ts';
import type { StainMethod } from '../stain-method.ts';

const NAME = 'reinhard-tiatoolbox';
/** Values of L* in a unit; their quotients are float32 in both. */
const L_UNIT = 2.55;
const OFFSET = 128;

export const reinhardTiatoolbox: StainMethod = {
  name: NAME,
  usesNeighbours: false,
  reference: undefined,
  fit({ data }) {
    return fitColor(data, () => measure(data), CIELAB_FLOORS);
  },
  createTransform(source, target) {
    const change = createAxisChange(expectMoments(source, NAME), expectMoments(target, NAME));
    const tables = [createTable(change, 0), createTable(change, 1), createTable(change, 2)] as const;
    return ({ data }, out) => {
      convertToLab(data, out);
      convertFromLab(out, tables, out);
    };
  },
};

function measure(rgb: Uint8Array): MomentSums {
  const lab = new Uint8Array(rgb.length);
  convertToLab(rgb, lab);
  const sums = new Float64Array(6);
  for (const [i, count] of countTriples(lab).entries()) {
    const axis = i >> 8;
    const value = toNatural(axis, i & 255);
    sums[axis] = (sums[axis] ?? 0) + count * value;
    sums[axis + 3] = (sums[axis + 3] ?? 0) + count * value * value;
  }
  return { count: rgb.length / 3, sums, centre: [0, 0, 0] };
}

function createTable({ from, factor, to }: AxisChange, axis: number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, v) => {
    const value = (toNatural(axis, v) - (from[axis] ?? 0)) * (factor[axis] ?? 1) + (to[axis] ?? 0);
    return Math.min(255, Math.max(0, axis === 0 ? value * L_UNIT : value + OFFSET));
  });
}

function toNatural(axis: number, value: number): number {
  return axis === 0 ? Math.fround(value / Math.fround(L_UNIT)) : value - OFFSET;
}
