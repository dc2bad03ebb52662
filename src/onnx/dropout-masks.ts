import { OptionError } from '../utils/errors.ts';
import { createRandom } from '../utils/random.ts';
import { DYNAMIC, type ValueFacts, type ValueInfo } from './graph.ts';
import { createZeros, type Tensor } from './model/tensor.ts';

/** An input of a train graph with a factor for each element of a value. */
export interface DropoutMask {
  readonly name: string;
  /** Of the value. */
  readonly facts: ValueFacts;
  /** How many elements become 0. */
  readonly ratio: number;
}

/** How the sizes of a run follow from its inputs. */
export interface RunSizes {
  readonly inputs: readonly ValueInfo[];
  /** Sizes that the varying dimensions were tried with. */
  readonly trials: readonly [number, number];
}

/**
 * Values for the masks of one step: 0 with the mask's ratio, else 1 / (1 - ratio); without a seed nothing is dropped. The
 * same seed gives the same masks.
 * @throws OptionError where the model has several varying dimensions, so that a mask's size can't be told from them
 */
export function fillDropoutMasks(
  masks: readonly DropoutMask[],
  feeds: ReadonlyMap<string, Tensor>,
  { sizes, seed }: { sizes: RunSizes; seed: number | undefined },
): Map<string, Tensor> {
  const filled = new Map<string, Tensor>();
  if (masks.length === 0) return filled;
  const count = findSize(feeds, sizes);
  const random = seed === undefined ? undefined : createRandom(seed);
  for (const { name, facts, ratio } of masks) {
    const mask = createZeros(facts.type, resolveDims(facts, { count, trials: sizes.trials }));
    const values = mask.data as Float32Array;
    const scale = 1 / (1 - ratio);
    if (!random) values.fill(1);
    else for (let at = 0; at < values.length; at++) values[at] = random() < ratio ? 0 : scale;
    filled.set(name, mask);
  }
  return filled;
}

/** The size of the one dimension that varies; `undefined` where none does. */
function findSize(feeds: ReadonlyMap<string, Tensor>, { inputs }: RunSizes): number | undefined {
  const found = new Map<string, number>();
  for (const { name, dims } of inputs)
    for (const [axis, dim] of dims.entries())
      if (typeof dim === 'string') found.set(dim, feeds.get(name)?.dims[axis] ?? 0);
  if (found.size > 1)
    throw new OptionError(
      'sizes',
      `sizes of all but one of ${[...found.keys()].join(', ')}, as the model has dropout`,
      {},
    );
  return [...found.values()][0];
}

/** Sizes are linear in the one that varies; the two trials say how. */
function resolveDims(
  { dims, trials: tried }: ValueFacts,
  { count, trials }: { count: number | undefined; trials: readonly [number, number] },
): number[] {
  return dims.map((dim, axis) => {
    if (dim !== DYNAMIC) return dim;
    const [low = 0, high = 0] = [tried?.[0][axis], tried?.[1][axis]];
    return low + ((high - low) / (trials[1] - trials[0])) * ((count ?? trials[0]) - trials[0]);
  });
}
