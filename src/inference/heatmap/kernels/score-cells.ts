/** Patches and their shares, as `PatchValues` has them. */
export interface ScoredBoxes {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly width: Float64Array;
  readonly height: Float64Array;
  /** 0..1 */
  readonly shares: Float64Array;
}

/** A part of a picture: its corner in pixels, and level-0 pixels for each pixel. */
export interface CellWindow {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly downsample: { readonly x: number; readonly y: number };
}

/** Sums over the patches that touch each pixel of a window. */
export interface ScoreCells {
  /** Weight x share, and weight: their quotient is a pixel's share. */
  readonly sums: Float64Array;
  readonly weights: Float64Array;
  /** Part of the pixel that patches lie on, counted again where they overlap. */
  readonly cover: Float64Array;
}

/** Room for windows of at most `pixels`. */
export function createScoreCells(pixels: number): ScoreCells {
  return { sums: new Float64Array(pixels), weights: new Float64Array(pixels), cover: new Float64Array(pixels) };
}

/**
 * Fills the first width x height of `cells` from the patches with these numbers. A patch weighs what it covers of a pixel; with
 * `smooth` a tent that is 1 at its centre and 0 a whole patch (at least a pixel) away, read at the pixel's centre.
 */
export function fillScoreCells(
  cells: ScoreCells,
  boxes: ScoredBoxes,
  { window, patches, smooth }: { window: CellWindow; patches: Uint32Array; smooth: boolean },
): void {
  const { width, height, downsample, left, top } = window;
  const pixels = width * height;
  cells.sums.fill(0, 0, pixels);
  cells.weights.fill(0, 0, pixels);
  cells.cover.fill(0, 0, pixels);
  const across = new Float64Array(width);
  const down = new Float64Array(height);
  for (const patch of patches) {
    const share = boxes.shares[patch]!;
    const x = { from: boxes.x[patch]! / downsample.x - left, span: boxes.width[patch]! / downsample.x };
    const y = { from: boxes.y[patch]! / downsample.y - top, span: boxes.height[patch]! / downsample.y };
    const columns = weighOverlap(x, across);
    const rows = weighOverlap(y, down);
    if (!smooth) addBoxes(cells, { width, share, columns, rows, across, down });
    else {
      addCover(cells.cover, { width, columns, rows, across, down });
      addTent(cells, { width, share, columns: weighTent(x, across), rows: weighTent(y, down), across, down });
    }
  }
}

/** Pixels from `from` up to `end`. */
interface Range {
  readonly from: number;
  readonly end: number;
}

interface Weights {
  readonly width: number;
  readonly columns: Range;
  readonly rows: Range;
  readonly across: Float64Array;
  readonly down: Float64Array;
}

/** How much of each pixel along an axis lies in the patch. */
function weighOverlap({ from, span }: { from: number; span: number }, weights: Float64Array): Range {
  const to = from + span;
  const range = { from: Math.max(0, Math.floor(from)), end: Math.min(weights.length, Math.ceil(to)) };
  for (let i = range.from; i < range.end; i++) weights[i] = Math.min(to, i + 1) - Math.max(from, i);
  return range;
}

function weighTent({ from, span }: { from: number; span: number }, weights: Float64Array): Range {
  const centre = from + span / 2;
  const reach = Math.max(span, 1);
  const range = {
    from: Math.max(0, Math.floor(centre - reach)),
    end: Math.min(weights.length, Math.ceil(centre + reach)),
  };
  for (let i = range.from; i < range.end; i++) weights[i] = Math.max(0, 1 - Math.abs(i + 0.5 - centre) / reach);
  return range;
}

function addBoxes({ sums, weights, cover }: ScoreCells, box: Weights & { readonly share: number }): void {
  const { width, share, columns, rows, across, down } = box;
  for (let row = rows.from; row < rows.end; row++) {
    for (let column = columns.from; column < columns.end; column++) {
      const weight = across[column]! * down[row]!;
      const at = row * width + column;
      sums[at]! += weight * share;
      weights[at]! += weight;
      cover[at]! += weight;
    }
  }
}

function addCover(cover: Float64Array, { width, columns, rows, across, down }: Weights): void {
  for (let row = rows.from; row < rows.end; row++)
    for (let column = columns.from; column < columns.end; column++)
      cover[row * width + column]! += across[column]! * down[row]!;
}

function addTent({ sums, weights }: ScoreCells, tent: Weights & { readonly share: number }): void {
  const { width, share, columns, rows, across, down } = tent;
  for (let row = rows.from; row < rows.end; row++) {
    for (let column = columns.from; column < columns.end; column++) {
      const weight = across[column]! * down[row]!;
      sums[row * width + column]! += weight * share;
      weights[row * width + column]! += weight;
    }
  }
}
