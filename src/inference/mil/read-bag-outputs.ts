import type { Tensor } from '../../onnx/model/tensor.ts';
import { calibrate } from '../../train/metrics/temperature.ts';
import { ModelError } from '../../utils/errors.ts';
import { findUnusable } from '../embed/kernels/pool-features.ts';
import type { Ending, MilFacts } from './read-mil-model.ts';

/** What a model says of one slide. */
export interface BagPrediction {
  /** As the model gives them: one for each class, or one for the second of two. */
  readonly logits: Float32Array;
  /** One for each class: softmax(logits / temperature). They add up to 1. */
  readonly probabilities: Float32Array;
  /** Share that each patch had in it; they add up to 1. Undefined where the model does not say. */
  readonly attention: Float32Array | undefined;
  /** patches x classes: what the model says of each patch, in the same way. Undefined where it does not. */
  readonly instanceProbabilities: Float32Array | undefined;
}

/** How far the sum of a bag's attention may be from 1: that of half precision. */
const ATTENTION_TOLERANCE = 1e-2;

/**
 * Takes a bag's outputs apart.
 * @param width numbers that the model gives for a slide
 * @throws ModelError where they are not of a bag of so many patches, or no numbers
 */
export function readBagOutputs(
  results: ReadonlyMap<string, Tensor>,
  facts: MilFacts,
  { count, width }: { count: number; width: number },
): BagPrediction {
  const { outputs, endings, temperature } = facts;
  const toRows = (rows: Float32Array, ending: Ending) => toProbabilities(rows, width, { ending, temperature });
  const logits = pick(results, outputs.logits, { facts, length: width });
  const attention = outputs.attention && pick(results, outputs.attention, { facts, length: count });
  const instances = outputs.instances && pick(results, outputs.instances, { facts, length: count * width });
  if (attention) checkAttention(attention, facts);
  return {
    logits,
    probabilities: toRows(logits, endings.logits),
    attention: attention || undefined,
    instanceProbabilities: instances ? toRows(instances, endings.instances) : undefined,
  };
}

/** Numbers of an output, whatever its dimensions of 1. */
function pick(
  results: ReadonlyMap<string, Tensor>,
  name: string,
  { facts, length }: { facts: MilFacts; length: number },
): Float32Array {
  const { type, dims, data } = results.get(name) ?? { type: 'none', dims: [], data: undefined };
  if (!(data instanceof Float32Array) || data.length !== length)
    throw new ModelError(
      facts.path,
      `its output "${name}" is ${type} [${dims.join(', ')}], where float32 of ${length} is needed`,
      {
        hint: 'name the outputs (logitsOutput, attentionOutput, instanceOutput)',
      },
    );
  if (findUnusable(data) < 0) return data;
  throw new ModelError(facts.path, `its output "${name}" has numbers that are infinite or none`, {
    hint: 'look whether the model is whole, and made for these features',
  });
}

function checkAttention(attention: Float32Array, { path, outputs }: MilFacts): void {
  let sum = 0;
  let least = 0;
  for (const share of attention) {
    sum += share;
    if (share < least) least = share;
  }
  if (least >= 0 && Math.abs(sum - 1) <= ATTENTION_TOLERANCE) return;
  throw new ModelError(path, `its output "${outputs.attention}" is no attention: it adds up to ${sum.toPrecision(4)}`, {
    hint: 'name an output behind its softmax (attentionOutput)',
  });
}

/** Rows of the model's numbers as rows of one probability for each class. */
function toProbabilities(
  rows: Float32Array,
  width: number,
  { ending, temperature }: { readonly ending: Ending; readonly temperature: number },
): Float32Array {
  if (width > 1) return ending === 'softmax' ? rows : calibrate(rows, temperature, width);
  // The logit of the second class against a first one of 0.
  const both = new Float32Array(2 * rows.length);
  for (const [row, value] of rows.entries()) {
    if (ending === 'sigmoid') both.set([1 - value, value], 2 * row);
    else both[2 * row + 1] = value;
  }
  return ending === 'sigmoid' ? both : calibrate(both, temperature, 2);
}
