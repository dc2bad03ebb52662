import { countElements, type Tensor } from '../model/tensor.ts';
import { findLargest, roundEven, roundWeights } from './kernels/round-weights.ts';

export interface QuantizedWeights {
  readonly levels: Tensor;
  /** Of each output channel. */
  readonly scales: Float32Array;
}

/** Biases keep within half of 32 bits, so that sums with them do not overflow. */
const MOST_BIAS = 2 ** 30;

/**
 * Weights as signed bytes, each output channel with its own scale and 0 at level 0.
 * @param axis of the output channels
 * @param limit largest level
 * @param bias and `inputScale`: a bias is counted in inputScale * scale, so a scale that is too fine for it becomes coarser
 */
export function quantizeWeights(
  weight: Tensor,
  axis: number,
  { limit, bias, inputScale }: { limit: number; bias: Tensor | undefined; inputScale: number },
): QuantizedWeights {
  const { dims } = weight;
  const shape = { outer: countElements(dims.slice(0, axis)), inner: countElements(dims.slice(axis + 1)) };
  const data = weight.data as Float32Array;
  const largest = findLargest(data, dims[axis] ?? 0, shape);
  const scales = Float32Array.from(largest, (most, channel) => {
    const needed = Math.abs(Number(bias?.data[channel] ?? 0)) / (inputScale * MOST_BIAS);
    // A channel of zeros takes any scale.
    return Math.max(most / limit, needed) || 1;
  });
  return { levels: { type: 'int8', dims, data: roundWeights(data, scales, { ...shape, limit }) }, scales };
}

/** A bias in whole numbers of the product's scale, which is that of the input times that of the channel. */
export function quantizeBias(bias: Tensor, weights: QuantizedWeights, inputScale: number): QuantizedWeights {
  const scales = weights.scales.map((scale) => scale * inputScale);
  const data = Int32Array.from(bias.data as Float32Array, (value, channel) =>
    roundEven(value / (scales[channel] ?? 1)),
  );
  return { levels: { type: 'int32', dims: bias.dims, data }, scales };
}
