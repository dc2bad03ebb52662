import { describe, expect, it } from 'vitest';
import { decodeModel } from '../../../src/onnx/model.ts';
import { chooseTokenSize } from '../../../src/onnx/models/vit-tiny.ts';
import { createModel, MODEL_NAMES, type ModelName } from '../../../src/onnx/models.ts';
import { OptionError } from '../../../src/utils/errors.ts';
import { sha256 } from '../../../src/utils/hash.ts';

const SIZE = { classes: 2, width: 64, height: 48, seed: 7 };
const MODELS = new Map(MODEL_NAMES.map((name) => [name, createModel(name, SIZE)]));

function readWeight(name: ModelName, weight: string): Float32Array {
  return decodeModel(MODELS.get(name)!).initializers.get(weight)!.data as Float32Array;
}

function describeValues(values: Float32Array): { mean: number; std: number; most: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, std: Math.sqrt(variance), most: values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) };
}

describe('built-in models', () => {
  it.each(MODEL_NAMES)('%s: the same seed gives the same bytes, another one other weights', (name) => {
    const bytes = sha256(MODELS.get(name)!);
    expect(sha256(createModel(name, SIZE))).toBe(bytes);
    expect(sha256(createModel(name, { ...SIZE, seed: 8 }))).not.toBe(bytes);
  });

  it('begin alike before the last layer, whatever the number of classes', () => {
    const [two, five] = [2, 5].map((classes) => decodeModel(createModel('resnet-tiny', { ...SIZE, classes })));
    expect(two!.initializers.get('layer3.1.conv2.weight')).toEqual(five!.initializers.get('layer3.1.conv2.weight'));
    expect(five!.initializers.get('fc.bias')!.dims).toEqual([5]);
  });

  it.each([
    // Kaiming: sqrt(2 / fan out)
    ['resnet18', 'layer4.1.conv2.weight', Math.sqrt(2 / (512 * 9))],
    ['resnet18', 'conv1.weight', Math.sqrt(2 / (64 * 49))],
    ['resnet-tiny', 'layer3.0.downsample.0.weight', Math.sqrt(2 / 64)],
    // Even within 1 / sqrt(fan in), here of tokens of 4 px
    ['vit-tiny', 'patch_embed.proj.weight', 1 / Math.sqrt(3 * 3 * 16)],
    ['vit-tiny', 'blocks.11.mlp.fc1.weight', 0.02],
    ['vit-tiny', 'pos_embed', 0.02],
    ['vit-tiny', 'cls_token', 1e-6],
  ] as const)('%s %s begins around 0 with a deviation of %d', (name, weight, std) => {
    const values = readWeight(name, weight);
    const found = describeValues(values);
    // Four standard errors, of the mean and of the deviation.
    expect(Math.abs(found.mean)).toBeLessThan((4 * std) / Math.sqrt(values.length));
    expect(Math.abs(found.std / std - 1)).toBeLessThan(4 / Math.sqrt(2 * values.length));
  });

  it("begins torch's default within its bounds, norms at 1 and 0", () => {
    expect(describeValues(readWeight('resnet-tiny', 'fc.weight')).most).toBeLessThanOrEqual(1 / Math.sqrt(64));
    const ones = ['layer2.0.bn1.weight', 'layer2.0.bn1.running_var'];
    const zeros = ['layer2.0.bn1.bias', 'layer2.0.bn1.running_mean'];
    for (const name of ones) expect(readWeight('resnet-tiny', name)).toEqual(new Float32Array(32).fill(1));
    for (const name of zeros) expect(readWeight('resnet-tiny', name)).toEqual(new Float32Array(32));
    expect(readWeight('vit-tiny', 'head.bias')).toEqual(new Float32Array(2));
  });

  it.each([
    [224, 224, 16],
    [96, 96, 12],
    [64, 64, 8],
    [50, 50, 5],
    [512, 256, 16],
  ])('of %i x %i px has tokens of %i px in vit-tiny', (width, height, size) => {
    expect(chooseTokenSize({ width, height })).toBe(size);
  });

  it('refuse what they can not be made for', () => {
    expect(() => createModel('vit-tiny', { ...SIZE, width: 97, height: 97 })).toThrow(/97 x 97/);
    expect(() => createModel('resnet18', { ...SIZE, width: 8 })).toThrow(OptionError);
    expect(() => createModel('resnet18', { ...SIZE, classes: 0 })).toThrow(OptionError);
    expect(() => createModel('resnet50' as 'resnet18', SIZE)).toThrow(/resnet-tiny.*resnet18.*vit-tiny/);
  });
});
