/** Positions along one axis: the source pixel before each target pixel, and the weight of the one after it. */
export interface AxisSamples {
  readonly index: Int32Array;
  readonly weight: Float64Array;
}

/**
 * Positions for an axis that is resized tile by tile: each tile of `tile` target pixels is `tileSource` source pixels
 * long, resized as a picture of its own. Positions past the last source pixel are replicated.
 */
export function sampleTiledAxis(
  from: number,
  to: number,
  tile: { size: number; source: number; stride: number },
): AxisSamples {
  const index = new Int32Array(to);
  const weight = new Float64Array(to);
  for (let i = 0; i < to; i++) {
    const number = Math.floor(i / tile.size);
    const inside = (i - number * tile.size + 0.5) * (tile.source / tile.size) - 0.5;
    const position = number * tile.stride + Math.min(tile.source - 1, Math.max(0, inside));
    index[i] = Math.min(from - 1, Math.floor(position));
    weight[i] = position > from - 1 ? 0 : position - Math.floor(position);
  }
  return { index, weight };
}

interface RgbRows {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/**
 * Bilinear samples of a band of RGB rows, written to the target rows from <= y < to, in OpenCV's fixed-point arithmetic
 * (weights of 11 bits). `top` is the band's first row in the numbering of `rows.index`. Edges are replicated.
 */
export function sampleRows(
  band: RgbRows,
  at: { top: number; from: number; to: number; columns: AxisSamples; rows: AxisSamples },
  out: RgbRows,
): void {
  const { columns, rows } = at;
  for (let y = at.from; y < at.to; y++) {
    const bottomWeight = Math.round(rows.weight[y]! * 2048);
    const topWeight = 2048 - bottomWeight;
    const upper = (rows.index[y]! - at.top) * band.width;
    const lower = Math.min(band.height - 1, rows.index[y]! - at.top + 1) * band.width;
    for (let x = 0; x < out.width; x++) {
      const rightWeight = Math.round(columns.weight[x]! * 2048);
      const leftWeight = 2048 - rightWeight;
      const left = columns.index[x]!;
      const right = Math.min(band.width - 1, left + 1);
      const target = (y * out.width + x) * 3;
      for (let c = 0; c < 3; c++) {
        const above =
          band.data[(upper + left) * 3 + c]! * leftWeight + band.data[(upper + right) * 3 + c]! * rightWeight;
        const below =
          band.data[(lower + left) * 3 + c]! * leftWeight + band.data[(lower + right) * 3 + c]! * rightWeight;
        out.data[target + c] = (((topWeight * (above >> 4)) >> 16) + ((bottomWeight * (below >> 4)) >> 16) + 2) >> 2;
      }
    }
  }
}
