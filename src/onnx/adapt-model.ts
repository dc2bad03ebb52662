import { ModelError, SlideloomError } from '../utils/errors.ts';
import type { Logger } from '../utils/log.ts';
import { createRandom } from '../utils/random.ts';
import { type FreedModel, freeBatch } from './free-batch.ts';
import type { ValueInfo } from './graph.ts';
import { countElements, createZeros, type Tensor } from './model/tensor.ts';
import type { OnnxModel } from './model.ts';
import { openForward } from './open-forward.ts';
import { readGraph } from './read-graph.ts';
import { getOpset, upgradeOpset } from './upgrade-opset.ts';

export interface AdaptOptions {
  /** Size of dimensions that the model leaves open, for the trial runs. */
  readonly side: number;
  readonly logger?: Logger | undefined;
}

/** Largest distance between outputs, as a share of the largest output: kernels add in another order where the batch is another. */
const TOLERANCE = 1e-4;
/** Rewritten by onnxruntime, the two could differ by more than their own operators do. */
const AS_WRITTEN = { optimization: 'disabled' } as const;
/** Rows of a trial with a batch that varies. */
const TRIAL_BATCH = 2;

/**
 * A model as training and inference in batches take it: of opset 13 at least, with a batch that varies. One that is so already is
 * returned itself; another is rewritten, and run beside the original with the same random inputs.
 * @throws ModelError where the two differ, or a node works with the original batch alone; OperatorError for an operator of an old
 * opset that can't be rewritten; SessionError where onnxruntime refuses the original
 */
export async function adaptModel(model: OnnxModel, options: AdaptOptions): Promise<OnnxModel> {
  const upgraded = upgradeOpset(model);
  const freed = freeBatch(upgraded);
  const adapted = freed?.model ?? upgraded;
  if (adapted === model) return model;
  await compareModels(model, adapted, { freed, side: options.side });
  const changes = [
    ...(upgraded === model ? [] : [`from opset ${getOpset(model)} to ${getOpset(upgraded)}`]),
    ...(freed ? [`its batch of ${freed.batch} made free`] : []),
  ];
  options.logger?.info(`${model.source}: ${changes.join(', ')}; gives the same as before`);
  return adapted;
}

interface Comparison {
  readonly freed: FreedModel | undefined;
  readonly side: number;
}

/** Two batches of the original, one after the other, and both at once through the other. */
async function compareModels(original: OnnxModel, adapted: OnnxModel, { freed, side }: Comparison): Promise<void> {
  const { inputs, outputs } = readGraph(adapted);
  const parts = freed ? [1, 2] : [1];
  const feeds = parts.map((seed) => createFeeds(inputs, { seed, side, batch: freed?.batch ?? TRIAL_BATCH }));
  const results: Map<string, Tensor>[] = [];
  {
    await using forward = await openForward(original, AS_WRITTEN);
    for (const feed of feeds) results.push(await forward.run(feed));
  }
  const expected = joinRows(results);
  const actual = await runAdapted(adapted, joinRows(feeds), freed);
  for (const name of outputs) {
    const fault = describeDifference(actual.get(name), expected.get(name));
    if (fault === undefined) continue;
    const what = freed ? `with a batch other than ${freed.batch}` : 'in newer operators';
    throw new ModelError(original.source, `its output "${name}" is another ${what}: ${fault}`, describeWay(freed));
  }
}

async function runAdapted(
  model: OnnxModel,
  feeds: ReadonlyMap<string, Tensor>,
  freed: FreedModel | undefined,
): Promise<Map<string, Tensor>> {
  try {
    await using forward = await openForward(model, AS_WRITTEN);
    return await forward.run(feeds);
  } catch (error) {
    if (!(error instanceof SlideloomError) || !freed) throw error;
    throw new ModelError(model.source, `it works with a batch of ${freed.batch} alone: ${error.message}`, {
      ...describeWay(freed),
      cause: error,
    });
  }
}

function describeWay(freed: FreedModel | undefined): { hint: string } {
  const how = "export it with a dynamic batch (dynamic_axes={'input': {0: 'batch'}}) and opset 17";
  const suspects = freed?.suspects ?? [];
  return { hint: suspects.length === 0 ? how : `${how}; of fixed shape are ${suspects.slice(0, 5).join(', ')}` };
}

/** Even numbers from -1 to 1, and zeros for inputs of other types. */
function createFeeds(
  inputs: readonly ValueInfo[],
  { seed, side, batch }: { seed: number; side: number; batch: number },
): Map<string, Tensor> {
  const draw = createRandom(seed);
  return new Map(
    inputs.map(({ name, type, dims: sizes }) => {
      const dims = sizes.map((size, axis) => (typeof size === 'number' ? size : axis === 0 ? batch : side));
      if (type !== 'float32') return [name, createZeros(type, dims)];
      return [name, { type, dims, data: Float32Array.from({ length: countElements(dims) }, () => draw() * 2 - 1) }];
    }),
  );
}

/** Tensors of the same name under each other. */
function joinRows(parts: readonly ReadonlyMap<string, Tensor>[]): Map<string, Tensor> {
  const [first = new Map<string, Tensor>()] = parts;
  return new Map(
    [...first].map(
      ([
        name,
        {
          type,
          dims: [rows = 1, ...rest],
        },
      ]) => {
        const joined = createZeros(type, [rows * parts.length, ...rest]);
        for (const [index, part] of parts.entries()) {
          const data = part.get(name)?.data;
          if (data) joined.data.set(data as never, index * data.length);
        }
        return [name, joined];
      },
    ),
  );
}

/** `undefined` where they are the same within the tolerance. */
function describeDifference(actual: Tensor | undefined, expected: Tensor | undefined): string | undefined {
  if (!actual || !expected) return 'it is missing';
  if (`${actual.dims}` !== `${expected.dims}`)
    return `[${actual.dims.join(', ')}] in place of [${expected.dims.join(', ')}]`;
  const [values, wanted] = [actual, expected].map(({ data }) => Array.from(data as ArrayLike<number>, Number));
  const scale = wanted?.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) ?? 0;
  const apart = wanted?.reduce((largest, value, index) => {
    const distance = Object.is(value, values?.[index]) ? 0 : Math.abs(value - (values?.[index] ?? Number.NaN));
    // Once it is NaN it stays so: the outputs differ.
    return Number.isNaN(largest) || distance <= largest ? largest : distance;
  }, 0);
  if (apart !== undefined && apart <= TOLERANCE * scale + Number.EPSILON) return undefined;
  return `values differ by ${apart?.toExponential(1)}, of ${scale.toExponential(1)}`;
}
