/** Range of a value over the calibration pictures. */
export interface ValueRange {
  readonly min: number;
  readonly max: number;
}

/** Eight bits without sign: a number is `scale * (level - zero)`. */
export interface ValueScale {
  readonly scale: number;
  /** Level of 0, which is kept exactly: padding is made of it. */
  readonly zero: number;
}

const LEVELS = 255;

/** The scale that spreads a range, with 0 in it, over all levels. */
export function chooseScale({ min, max }: ValueRange): ValueScale {
  const [low, high] = [Math.min(0, min), Math.max(0, max)];
  // What is 0 on all pictures has no range of its own.
  const scale = Math.fround((high - low) / LEVELS) || 1;
  return { scale, zero: Math.min(LEVELS, Math.max(0, Math.round(-low / scale))) };
}

/**
 * The range without its outermost values, of how many fell into each of equal parts of it.
 * @param percent of the values that stay, such as 99.99: as much is cut off at each end
 */
export function cutRange(bins: Float64Array, { min, max }: ValueRange, percent: number): ValueRange {
  const total = bins.reduce((sum, count) => sum + count, 0);
  const most = (total * (1 - percent / 100)) / 2;
  const width = (max - min) / bins.length;
  const skip = (counts: Float64Array): number => {
    let gone = 0;
    const at = counts.findIndex((count) => {
      gone += count;
      return gone > most;
    });
    return Math.max(0, at);
  };
  return { min: min + skip(bins) * width, max: max - skip(bins.toReversed()) * width };
}
