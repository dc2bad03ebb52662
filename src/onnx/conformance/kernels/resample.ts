import { fill, get, type Values } from '../values.ts';

export interface ResampleOptions {
  /** Sizes of the result. */
  readonly height: number;
  readonly width: number;
  /** Where in a row of `from` samples the middle of sample `index` of `to` lies. */
  readonly place: (index: number, from: number, to: number) => number;
  /** Share of each sample around a place, by its distance. */
  readonly weight: (distance: number) => number;
  /** Samples on each side that may have a share. */
  readonly reach: number;
}

/** A picture [n, c, height, width] in another size, rows and columns by the same weights; beyond the edges its edge goes on. */
export function resample(x: Values, { height, width, place, weight, reach }: ResampleOptions): Values {
  const [count = 0, channels = 0, rows = 0, columns = 0] = x.dims;
  const clamp = (index: number, size: number) => Math.min(Math.max(index, 0), size - 1);
  return fill([count, channels, height, width], (n = 0, c = 0, i = 0, j = 0) => {
    const [y, z] = [place(i, rows, height), place(j, columns, width)];
    let sum = 0;
    for (let row = Math.floor(y) - reach + 1; row <= Math.floor(y) + reach; row++)
      for (let column = Math.floor(z) - reach + 1; column <= Math.floor(z) + reach; column++) {
        const share = weight(Math.abs(y - row)) * weight(Math.abs(z - column));
        if (share !== 0) sum += share * get(x, [n, c, clamp(row, rows), clamp(column, columns)]);
      }
    return sum;
  });
}
