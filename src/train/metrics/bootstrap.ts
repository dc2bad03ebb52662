import { checkInteger, checkNumber } from '../../utils/options.ts';
import { createRandom } from '../../utils/random.ts';
import { drawCounts } from './kernels/draw-counts.ts';

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
 * Percentile intervals of figures over resamples with replacement (B. Efron, 1979). The same seed gives the same intervals.
 * @param count examples
 * @param figures each tells its figure of a resample, given how often each example is in it
 * @returns one for each figure; undefined where no resample has it
 */
export function computeIntervals(
  count: number,
  figures: readonly ((counts: Uint32Array) => number | undefined)[],
  options: BootstrapOptions,
): (ConfidenceInterval | undefined)[] {
  const rounds = checkInteger('rounds', options.rounds ?? 1000, { min: 1 });
  const level = checkNumber('level', options.level ?? 0.95, { above: 0, max: 0.9999 });
  const random = createRandom(options.seed);
  const groups = groupExamples(count, options.groups);
  const counts = new Uint32Array(count);
  const found = figures.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    drawCounts(counts, groups, random);
    for (const [k, compute] of figures.entries()) {
      const figure = compute(counts);
      if (figure !== undefined) found[k]?.push(figure);
    }
  }
  return found.map((values) => createInterval(values, (1 - level) / 2));
}

function createInterval(values: readonly number[], tail: number): ConfidenceInterval | undefined {
  if (values.length === 0) return undefined;
  const sorted = Float64Array.from(values).sort();
  return { low: getQuantile(sorted, tail), high: getQuantile(sorted, 1 - tail), rounds: values.length };
}

/** Examples group by group, and where each group ends. */
function groupExamples(count: number, groups: readonly string[] | undefined) {
  if (groups && groups.length !== count) throw new RangeError(`expected ${count} groups but received ${groups.length}`);
  const members = new Map<string | number, number[]>();
  for (let example = 0; example < count; example++) {
    const group = groups?.[example] ?? example;
    const own = members.get(group);
    if (own) own.push(example);
    else members.set(group, [example]);
  }
  let end = 0;
  const ends = Uint32Array.from(members.values(), (own) => {
    end += own.length;
    return end;
  });
  return { members: Uint32Array.from([...members.values()].flat()), ends };
}

/** Between two neighbours in a straight line, as NumPy's default. */
function getQuantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below] ?? 0;
  return low + (place - below) * ((sorted[below + 1] ?? low) - low);
}
