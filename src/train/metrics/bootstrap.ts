import { checkInteger, checkNumber } from '../../utils/options.ts';
import { createRandom } from '../../utils/random.ts';

export interface BootstrapOptions {
  seed: number;
  /** Default 1000. */
  rounds?: number;
  /** Default 0.95. */
  level?: number;
  /** Of each example, its patient: patients are drawn with all that is theirs. Default: examples are drawn one by one. */
  groups?: readonly string[] | undefined;
}

export interface ConfidenceInterval {
  readonly low: number;
  readonly high: number;
  /** Resamples that had a figure; those without one of the classes have none. */
  readonly rounds: number;
}

/**
 * Percentile interval of a figure over resamples with replacement (B. Efron, 1979). The same seed gives the same interval.
 * @param count examples
 * @param compute the figure of a resample, given how often each example is in it
 * @returns undefined where no resample has a figure
 */
export function computeInterval(
  count: number,
  compute: (counts: Uint32Array) => number | undefined,
  options: BootstrapOptions,
): ConfidenceInterval | undefined {
  const rounds = checkInteger('rounds', options.rounds ?? 1000, { min: 1 });
  const level = checkNumber('level', options.level ?? 0.95, { above: 0, max: 0.9999 });
  const random = createRandom(options.seed);
  const members = groupExamples(count, options.groups);
  const counts = new Uint32Array(count);
  const figures: number[] = [];
  for (let round = 0; round < rounds; round++) {
    counts.fill(0);
    for (let draw = 0; draw < members.length; draw++)
      for (const example of members[Math.floor(random() * members.length)] ?? [])
        counts[example] = (counts[example] ?? 0) + 1;
    const figure = compute(counts);
    if (figure !== undefined) figures.push(figure);
  }
  if (figures.length === 0) return undefined;
  const sorted = Float64Array.from(figures).sort();
  const tail = (1 - level) / 2;
  return { low: getQuantile(sorted, tail), high: getQuantile(sorted, 1 - tail), rounds: figures.length };
}

function groupExamples(count: number, groups: readonly string[] | undefined): number[][] {
  if (!groups) return Array.from({ length: count }, (_, example) => [example]);
  if (groups.length !== count) throw new RangeError(`expected ${count} groups but received ${groups.length}`);
  const members = new Map<string, number[]>();
  for (const [example, group] of groups.entries()) members.set(group, [...(members.get(group) ?? []), example]);
  return [...members.values()];
}

/** Between two neighbours in a straight line, as NumPy's default. */
function getQuantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below] ?? 0;
  return low + (place - below) * ((sorted[below + 1] ?? low) - low);
}
