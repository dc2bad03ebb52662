import { basename } from 'node:path';
import type { Graph, SymbolicDim } from '../../onnx/graph.ts';
import type { OnnxModel } from '../../onnx/model.ts';
import { HANDS_ON } from '../../onnx/operators.ts';
import { readGraph } from '../../onnx/read-graph.ts';
import { ModelError, OptionError } from '../../utils/errors.ts';
import type { PictureSettings } from '../batches/batch-job.ts';
import { loadModel } from './load-model.ts';
import { readModelCard } from './model-card.ts';
import type { Phase1Settings } from './options.ts';

/** The model that is to learn. */
export interface Phase1Model {
  readonly name: string;
  /** As the engine takes it. */
  readonly source: string | Uint8Array;
  readonly model: OnnxModel;
  /** SHA-256 of the model as it begins, with weights that lie beside its file; see `hashModel`. */
  readonly hash: string;
  readonly inputName: string;
  readonly outputName: string;
  readonly pictures: PictureSettings;
  /** Sizes of the dimensions that the model leaves open. */
  readonly sizes: Readonly<Record<string, number>>;
}

/** ImageNet's, which most models are trained with first. */
const MEAN = [0.485, 0.456, 0.406] as const;
const STD = [0.229, 0.224, 0.225] as const;

/**
 * Reads or makes the model, and finds what it takes and gives.
 * @throws SourceError, OptionError; ModelError where it is no classifier of pictures
 */
export async function readPhase1Model(settings: Phase1Settings, classCount: number): Promise<Phase1Model> {
  const loaded = await loadModel(settings, classCount);
  const graph = readGraph(loaded.model);
  const outputName = findLogits(graph);
  const [input, ...others] = graph.inputs;
  if (!input || others.length > 0)
    throw new ModelError(graph.source, `${graph.inputs.length} inputs, where a classifier of pictures has one`);
  const { width, height, sizes } = chooseSize(graph.source, input.dims, settings);
  const card = loaded.path === undefined ? undefined : await readModelCard(loaded.path);
  const mean = toTriple('mean', settings.mean ?? card?.input.mean ?? MEAN);
  const std = toTriple('std', settings.std ?? card?.input.std ?? STD);
  if (std.some((value) => value <= 0)) throw new OptionError('std', 'numbers above 0', std);
  const pictures = { width, height, mean, std };
  return { ...loaded, name: basename(graph.source), inputName: input.name, outputName, pictures, sizes };
}

/** @throws ModelError where the first output is a probability */
function findLogits({ source, outputs: [name = ''], nodes }: Graph): string {
  const find = (value: string) => nodes.findLast(({ outputs }) => outputs.includes(value));
  let last = find(name);
  while (last && HANDS_ON.has(last.op)) last = find(last.inputs[0] ?? '');
  if (last?.op !== 'Softmax' && last?.op !== 'LogSoftmax') return name;
  throw new ModelError(source, `it ends in ${last.op}, where logits are needed`, {
    hint: 'export it without its last layer: the loss has a softmax of its own',
  });
}

/** [batch, 3, height, width], where batch varies, and the sides may. */
function chooseSize(source: string, dims: readonly SymbolicDim[], { inputSize, givenSize }: Phase1Settings) {
  const [batch, channels, ...sides] = dims;
  const text = `[${dims.join(', ')}]`;
  if (dims.length !== 4 || (channels !== 3 && typeof channels !== 'string'))
    throw new ModelError(source, `its input is ${text}, where [batch, 3, height, width] is needed`);
  if (typeof batch === 'number')
    throw new ModelError(source, `its input ${text} has a fixed batch of ${batch}`, {
      hint: "export it with a dynamic batch (dynamic_axes={'input': {0: 'batch'}})",
    });
  const sizes: Record<string, number> = typeof channels === 'string' ? { [channels]: 3 } : {};
  const [height = 0, width = 0] = sides.map((side) => {
    if (typeof side === 'string') sizes[side] = inputSize;
    else if (givenSize !== undefined && givenSize !== side)
      throw new OptionError('inputSize', `${side}, as the model's input ${text} has`, givenSize);
    return typeof side === 'string' ? inputSize : side;
  });
  return { width, height, sizes };
}

function toTriple(option: string, values: readonly number[]): readonly [number, number, number] {
  const [red, green, blue, ...more] = values;
  const there = red !== undefined && green !== undefined && blue !== undefined && more.length === 0;
  if (!there || !values.every(Number.isFinite)) throw new OptionError(option, 'three numbers', values);
  return [red, green, blue];
}
