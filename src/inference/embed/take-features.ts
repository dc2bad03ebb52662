import type { Tensor } from '../../onnx/model/tensor.ts';
import { ModelError, OptionError } from '../../utils/errors.ts';
import { copyToken, poolMaps, poolTokens } from './kernels/pool-features.ts';
import type { FeatureTake } from './options.ts';

/** How the features are taken out of an output; what a model leaves open is known from its first output on. */
export interface TakePlan {
  /** Of the model, for messages. */
  readonly source: string;
  readonly output: string;
  readonly take: FeatureTake;
  readonly specialTokens: number | undefined;
  /** Tokens of a picture: those that the model's first layer cuts it into; undefined where that is no such layer. */
  readonly gridTokens: number | undefined;
}

export interface TakenFeatures {
  /** rows x dimension */
  readonly features: Float32Array;
  readonly dimension: number;
  /** In words, for files and records: `cls token`. */
  readonly taken: string;
}

/** Tokens that stand before those of the picture: none, a class token, or one and four registers. */
const SPECIAL_TOKENS = [0, 1, 5];

/**
 * The features of the first `rows` pictures of an output: a vector each [batch, channels], the mean of maps [batch, channels,
 * height, width], or tokens [batch, tokens, channels].
 * @throws ModelError where the output is nothing of the kind; OptionError where it has not what is to be taken
 */
export function takeFeatures({ type, dims, data }: Tensor, rows: number, plan: TakePlan): TakenFeatures {
  const shape = `its output ${plan.output} [${dims.join(', ')}]`;
  if (type !== 'float32' || !(data instanceof Float32Array))
    throw new ModelError(plan.source, `${shape} is ${type}, where float32 is needed`, { hint: 'export it in float32' });
  const [batch = 0, ...inner] = dims;
  if (batch < rows || inner.length < 1 || inner.length > 3 || inner.some((size) => size < 1))
    throw new ModelError(
      plan.source,
      `${shape} has no features: [batch, channels], [batch, tokens, channels] or [batch, channels, height, width] is needed`,
      { hint: 'name another output (--output, library: output)' },
    );
  if (inner.length === 2) return takeTokens(data, [rows, inner[0] ?? 0, inner[1] ?? 0], { ...plan, shape });
  if (plan.take !== 'auto' && !(plan.take === 'mean' && inner.length === 3))
    throw new OptionError('take', `auto, as ${shape} has no tokens`, plan.take);
  const [dimension = 0, height = 1, width = 1] = inner;
  const features = new Float32Array(rows * dimension);
  const places = height * width;
  poolMaps(data, places, features);
  return { features, dimension, taken: inner.length === 1 ? 'vector' : 'mean of maps' };
}

function takeTokens(
  data: Float32Array,
  [rows, tokens, channels]: readonly [number, number, number],
  plan: TakePlan & { readonly shape: string },
): TakenFeatures {
  const special = countSpecial(tokens, plan);
  const take = plan.take === 'auto' ? (special > 0 ? 'cls' : 'mean') : plan.take;
  if (take !== 'mean' && special === 0)
    throw new OptionError('take', `mean, as ${plan.shape} has no class token`, take);
  const width = take === 'cls-mean' ? 2 * channels : channels;
  const target = new Float32Array(rows * width);
  if (take !== 'mean') copyToken(data, { tokens, channels, index: 0 }, { target, width, offset: 0 });
  if (take !== 'cls')
    poolTokens(data, { tokens, channels, first: special }, { target, width, offset: width - channels });
  const taken = { cls: 'cls token', mean: 'mean of tokens', 'cls-mean': 'cls token, mean of tokens' }[take];
  return { features: target, dimension: width, taken };
}

/** @throws ModelError where it can't be told */
function countSpecial(
  tokens: number,
  { specialTokens, gridTokens, source, shape }: TakePlan & { readonly shape: string },
): number {
  if (specialTokens !== undefined && specialTokens < tokens) return specialTokens;
  const special = gridTokens === undefined ? -1 : tokens - gridTokens;
  if (specialTokens === undefined && SPECIAL_TOKENS.includes(special)) return special;
  const grid = gridTokens === undefined ? 'no grid of tokens is known' : `the picture has ${gridTokens}`;
  throw new ModelError(source, `which of ${shape} are of the picture can't be told: ${grid}`, {
    hint: 'say how many stand before them (--special-tokens, library: specialTokens)',
  });
}
