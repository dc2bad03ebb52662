import { addConvolutionWithNorm, addLinear, addMeanOfChannels, addRelu } from './layers.ts';
import { Network, type NetworkOptions } from './network.ts';
import { addResidualStage } from './residual-stage.ts';

const CHANNELS = [16, 32, 64];

/**
 * A residual network for small patches (32 to 96 px) and few pictures: blocks, names and beginnings of ResNet-18, three
 * stages of 16, 32 and 64 channels as in He's networks for 32 px pictures, and a 3 x 3 stem that halves the sides. 175 thousand
 * weights.
 */
export function createResnetTiny(options: NetworkOptions): Uint8Array {
  const network = new Network(options);
  const stem = { name: 'conv1', normName: 'bn1', channels: 16, kernel: 3, stride: 2 };
  let feature = addRelu(network, addConvolutionWithNorm(network, { value: network.input, channels: 3 }, stem));
  for (const [at, channels] of CHANNELS.entries())
    feature = addResidualStage(network, feature, {
      ...{ name: `layer${at + 1}`, channels, blocks: 2 },
      stride: at === 0 ? 1 : 2,
    });
  const means = addMeanOfChannels(network, feature);
  return network.finish(addLinear(network, means, { name: 'fc', columns: options.classes }).value);
}
