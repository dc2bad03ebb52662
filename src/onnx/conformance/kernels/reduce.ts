import { fill, get, type Values } from '../values.ts';

/** One number for all values along some axes. @param keep whether the axes stay, with size 1 */
export function reduce(
  x: Values,
  { axes, keep }: { readonly axes: readonly number[]; readonly keep: boolean },
  join: (values: readonly number[]) => number,
): Values {
  const kept = x.dims.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const within = x.dims.map((size, axis) => (axes.includes(axis) ? size : 1));
  const result = fill(kept, (...place) => {
    const values = fill(within, (...offset) =>
      get(
        x,
        place.map((at, axis) => at + offset[axis]!),
      ),
    );
    return join(values.data);
  });
  return keep ? result : { ...result, dims: x.dims.filter((_, axis) => !axes.includes(axis)) };
}

export const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
export const mean = (values: readonly number[]) => sum(values) / values.length;

/** Along one axis, each row by itself. */
export function mapRows(x: Values, axis: number, change: (row: readonly number[]) => readonly number[]): Values {
  const rows = x.dims.map((size, at) => (at === axis ? 1 : size));
  const data = [...x.data];
  const stride = x.dims.slice(axis + 1).reduce((product, size) => product * size, 1);
  const size = x.dims[axis]!;
  fill(rows, (...place) => {
    const start = place.reduce((at, index, dimension) => at * x.dims[dimension]! + index, 0);
    const row = Array.from({ length: size }, (_, index) => x.data[start + index * stride]!);
    for (const [index, value] of change(row).entries()) data[start + index * stride] = value;
    return 0;
  });
  return { ...x, data };
}
