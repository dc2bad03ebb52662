/** How patches become a slide. `attention`: the model's own answer, whatever its pooling; the others go over its patches' probabilities. */
export const AGGREGATES = ['attention', 'mean', 'max', 'top-k', 'quantile'] as const;
export type Aggregate = (typeof AGGREGATES)[number];

export interface AggregateOptions {
  readonly aggregate: Exclude<Aggregate, 'attention'>;
  /** Patches of `top-k`; all where the slide has fewer. */
  readonly topK: number;
  /** Share of `quantile`, 0 to 1. */
  readonly quantile: number;
}

/**
 * Probabilities of a slide out of those of its patches, each class by itself: their mean, the greatest, the mean of the k greatest,
 * or a quantile (linear between neighbours, as NumPy's default). Of two classes that is the second's, and the first has the
 * rest; of more they are divided by their sum, so that they add up to 1.
 * @param probabilities patches x classes, of at least one patch
 * @returns one for each class; in double precision, rounded once
 */
export function aggregatePatches(
  probabilities: Float32Array,
  classCount: number,
  options: AggregateOptions,
): Float32Array {
  if (classCount === 2) {
    const second = aggregateOne(pickColumn(probabilities, 1, classCount), options);
    return Float32Array.of(1 - second, second);
  }
  const each = Array.from({ length: classCount }, (_, label) =>
    aggregateOne(pickColumn(probabilities, label, classCount), options),
  );
  const sum = each.reduce((total, value) => total + value, 0);
  // Quantiles of all classes may be 0: nothing is told of any then.
  return Float32Array.from(each, (value) => (sum > 0 ? value / sum : 1 / classCount));
}

function pickColumn(probabilities: Float32Array, label: number, classCount: number): Float64Array {
  const column = new Float64Array(probabilities.length / classCount);
  for (let patch = 0; patch < column.length; patch++) column[patch] = probabilities[patch * classCount + label] ?? 0;
  return column;
}

/** @param values may be reordered */
function aggregateOne(values: Float64Array, { aggregate, topK, quantile }: AggregateOptions): number {
  if (aggregate === 'mean') return average(values);
  if (aggregate === 'max') return values.reduce((most, value) => Math.max(most, value), 0);
  values.sort();
  if (aggregate === 'top-k') return average(values.subarray(Math.max(0, values.length - topK)));
  const place = quantile * (values.length - 1);
  const below = Math.floor(place);
  const low = values[below] ?? 0;
  return low + (place - below) * ((values[below + 1] ?? low) - low);
}

function average(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
