import { ints } from '../attributes.ts';
import { addConvolutionWithNorm, addLinear, addMeanOfChannels, addRelu } from './layers.ts';
import { Network, type NetworkOptions } from './network.ts';
import { addResidualStage } from './residual-stage.ts';

const CHANNELS = [64, 128, 256, 512];

/**
 * ResNet-18 (K. He et al., 2016) as torchvision has it: its layers, the names of its weights, and how they begin. 11.7 million
 * weights with 1000 classes.
 */
export function createResnet18(options: NetworkOptions): Uint8Array {
  const network = new Network(options);
  const stem = { name: 'conv1', normName: 'bn1', channels: 64, kernel: 7, stride: 2 };
  const start = addRelu(network, addConvolutionWithNorm(network, { value: network.input, channels: 3 }, stem));
  const pooling = { kernel_shape: ints([3, 3]), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) };
  let feature = { ...start, value: network.add('MaxPool', [start.value], { attributes: pooling }) };
  for (const [at, channels] of CHANNELS.entries())
    feature = addResidualStage(network, feature, {
      ...{ name: `layer${at + 1}`, channels, blocks: 2 },
      stride: at === 0 ? 1 : 2,
    });
  const means = addMeanOfChannels(network, feature);
  return network.finish(addLinear(network, means, { name: 'fc', columns: options.classes }).value);
}
