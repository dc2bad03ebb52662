/**
 * Two stains under a penalty: the concentrations a >= 0 of one pixel that make `|x - D a|² / 2 + penalty * (a1 + a2)`
 * smallest, solved exactly (spams' `lasso` with `pos`, mode 2, for two atoms).
 */
export interface PairProblem {
  /** Two stains, three numbers each. */
  readonly stains: Float64Array;
  readonly penalty: number;
}

/** StainTools' penalty of concentrations. */
export const CONCENTRATION_PENALTY = 0.01;

/** Concentrations of both stains in each pixel; `first` and `second` have one number a pixel. */
export function computeSparsePair(
  rgb: Uint8Array,
  density: Float64Array,
  problem: PairProblem,
  [first, second]: readonly [Float64Array, Float64Array],
): void {
  const solve = createPairSolver(problem);
  const pair = new Float64Array(2);
  for (let i = 0, p = 0; p < rgb.length; i++, p += 3) {
    solve(density[rgb[p]!]!, density[rgb[p + 1]!]!, density[rgb[p + 2]!]!, pair);
    first[i] = pair[0]!;
    second[i] = pair[1]!;
  }
}

/**
 * The concentrations that are at least `edges`, of each stain into its `tails`: how many they are, or undefined where `tails`
 * are too short.
 */
export function collectSparseTails(
  rgb: Uint8Array,
  density: Float64Array,
  problem: PairProblem,
  { edges, tails }: { edges: readonly [number, number]; tails: readonly [Float64Array, Float64Array] },
): readonly [number, number] | undefined {
  const solve = createPairSolver(problem);
  const pair = new Float64Array(2);
  const [room, others] = [tails[0].length, tails[1].length];
  let first = 0;
  let second = 0;
  for (let p = 0; p < rgb.length; p += 3) {
    solve(density[rgb[p]!]!, density[rgb[p + 1]!]!, density[rgb[p + 2]!]!, pair);
    if (pair[0]! >= edges[0]) {
      if (first === room) return undefined;
      tails[0][first++] = pair[0]!;
    }
    if (pair[1]! >= edges[1]) {
      if (second === others) return undefined;
      tails[1][second++] = pair[1]!;
    }
  }
  return [first, second];
}

/**
 * Takes each pixel apart by `problem` and puts it together of `target`, two vectors times their factors (three numbers
 * each): `intensity * exp(-(target · a))`, truncated to bytes and at most 255. `out` may be `rgb`.
 */
export function recomposeSparsePair(
  rgb: Uint8Array,
  density: Float64Array,
  problem: PairProblem,
  { target, intensity }: { readonly target: Float64Array; readonly intensity: number },
  out: Uint8Array,
): void {
  const solve = createPairSolver(problem);
  const pair = new Float64Array(2);
  for (let p = 0; p < rgb.length; p += 3) {
    solve(density[rgb[p]!]!, density[rgb[p + 1]!]!, density[rgb[p + 2]!]!, pair);
    for (let c = 0; c < 3; c++) {
      const value = intensity * Math.exp(-(target[c]! * pair[0]! + target[3 + c]! * pair[1]!));
      out[p + c] = value > 255 ? 255 : value;
    }
  }
}

/** Writes both concentrations of a pixel's densities to `pair`. */
export type PairSolver = (r: number, g: number, b: number, pair: Float64Array) => void;

export function createPairSolver({ stains, penalty }: PairProblem): PairSolver {
  const [hr, hg, hb, er, eg, eb] = [stains[0]!, stains[1]!, stains[2]!, stains[3]!, stains[4]!, stains[5]!];
  const hh = hr * hr + hg * hg + hb * hb;
  const he = hr * er + hg * eg + hb * eb;
  const ee = er * er + eg * eg + eb * eb;
  const determinant = hh * ee - he * he;
  return (r, g, b, pair) => {
    const h = hr * r + hg * g + hb * b - penalty;
    const e = er * r + eg * g + eb * b - penalty;
    const both = (ee * h - he * e) / determinant;
    const other = (hh * e - he * h) / determinant;
    if (both >= 0 && other >= 0) {
      pair[0] = both;
      pair[1] = other;
      return;
    }
    // One of them is 0. The problem is convex: the first that leaves no gain for the other is the solution.
    const alone = h > 0 && e - (he * h) / hh <= 0;
    pair[0] = alone ? h / hh : 0;
    pair[1] = !alone && e > 0 && h - (he * e) / ee <= 0 ? e / ee : 0;
  };
}
