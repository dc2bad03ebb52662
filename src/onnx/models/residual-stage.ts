import { addConvolutionWithNorm, addRelu, type Feature } from './layers.ts';
import type { Network } from './network.ts';

export interface ResidualStage {
  readonly name: string;
  readonly channels: number;
  readonly blocks: number;
  /** Of the first block; 2 halves the sides. */
  readonly stride: number;
}

/** Basic blocks of a residual network (K. He et al., 2016), with torchvision's names of weights. */
export function addResidualStage(network: Network, input: Feature, stage: ResidualStage): Feature {
  let feature = input;
  for (let block = 0; block < stage.blocks; block++)
    feature = addBlock(network, feature, {
      ...{ name: `${stage.name}.${block}`, channels: stage.channels },
      stride: block === 0 ? stage.stride : 1,
    });
  return feature;
}

interface Block {
  readonly name: string;
  readonly channels: number;
  readonly stride: number;
}

function addBlock(network: Network, input: Feature, { name, channels, stride }: Block): Feature {
  const first = { name: `${name}.conv1`, normName: `${name}.bn1`, channels, kernel: 3, stride };
  const second = { name: `${name}.conv2`, normName: `${name}.bn2`, channels, kernel: 3, stride: 1 };
  const middle = addRelu(network, addConvolutionWithNorm(network, input, first));
  const branch = addConvolutionWithNorm(network, middle, second);
  const shortcut = stride === 1 && input.channels === channels ? input : addShortcut();
  return addRelu(network, { value: network.add('Add', [branch.value, shortcut.value], { name }), channels });

  /** Where the shape changes, the way past the block has a convolution of its own. */
  function addShortcut(): Feature {
    const names = { name: `${name}.downsample.0`, normName: `${name}.downsample.1` };
    return addConvolutionWithNorm(network, input, { ...names, channels, kernel: 1, stride });
  }
}
