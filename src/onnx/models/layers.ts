/** Layers with torch's names of weights: `<name>.weight`, `<name>.bias`. */
import { float, int, ints } from '../attributes.ts';
import { drawDefault, drawKaiming, type Filler, fillWith } from './initialize.ts';
import type { Network } from './network.ts';
import type { WeightedGraph } from './weighted-graph.ts';

/** A value [batch, channels, height, width]. */
export interface Feature {
  readonly value: string;
  readonly channels: number;
}

/** A value [rows, columns]. */
export interface Rows {
  readonly value: string;
  readonly columns: number;
}

export interface Convolution {
  readonly name: string;
  readonly channels: number;
  readonly kernel: number;
  readonly stride: number;
}

/** Epsilon of torch's batch normalisation. */
const BATCH_EPSILON = 1e-5;
/** Share of the running statistics that a step keeps: 1 - torch's momentum. */
const BATCH_MOMENTUM = 0.9;

/** A square convolution without bias, padded so that stride 1 keeps the size; then batch normalisation. */
export function addConvolutionWithNorm(
  network: Network,
  input: Feature,
  layer: Convolution & { normName: string },
): Feature {
  const { name, normName, channels, kernel, stride } = layer;
  const dims = [channels, input.channels, kernel, kernel];
  const weight = network.addWeight(`${name}.weight`, dims, drawKaiming(channels * kernel * kernel));
  const padding = (kernel - 1) / 2;
  const value = network.add('Conv', [input.value, weight], {
    name,
    attributes: {
      kernel_shape: ints([kernel, kernel]),
      strides: ints([stride, stride]),
      pads: ints([padding, padding, padding, padding]),
    },
  });
  return addBatchNorm(network, { value, channels }, normName);
}

/** In the form that trains; an export for inference takes the running statistics. */
function addBatchNorm(network: Network, { value, channels }: Feature, name: string): Feature {
  const parts = { weight: 1, bias: 0, running_mean: 0, running_var: 1 };
  const weights = Object.entries(parts).map(([part, begin]) =>
    network.addWeight(`${name}.${part}`, [channels], fillWith(begin)),
  );
  const normal = network.add('BatchNormalization', [value, ...weights], {
    ...{ name, outputs: 3 },
    attributes: { epsilon: float(BATCH_EPSILON), momentum: float(BATCH_MOMENTUM), training_mode: int(1) },
  });
  return { value: normal, channels };
}

export function addRelu(network: Network, { value, channels }: Feature): Feature {
  return { value: network.add('Relu', [value]), channels };
}

/** How the weight and the bias of a layer begin. */
export interface Begin {
  readonly weight: Filler;
  readonly bias: Filler;
}

/** x W^T + b. Begins as torch's linear layers do, unless said otherwise. */
export function addLinear(
  network: WeightedGraph,
  input: Rows,
  layer: { name: string; columns: number; begin?: Begin },
): Rows {
  const { name, columns } = layer;
  const begin = layer.begin ?? { weight: drawDefault(input.columns), bias: drawDefault(input.columns) };
  const weight = network.addWeight(`${name}.weight`, [columns, input.columns], begin.weight);
  const bias = network.addWeight(`${name}.bias`, [columns], begin.bias);
  const value = network.add('Gemm', [input.value, weight, bias], { name, attributes: { transB: int(1) } });
  return { value, columns };
}

/** The mean of each channel, as rows. */
export function addMeanOfChannels(network: Network, { value, channels }: Feature): Rows {
  const mean = network.add('GlobalAveragePool', [value]);
  return { value: network.add('Flatten', [mean], { attributes: { axis: int(1) } }), columns: channels };
}
