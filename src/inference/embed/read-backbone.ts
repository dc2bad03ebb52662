import { basename } from 'node:path';
import type { Graph, SymbolicDim } from '../../onnx/graph.ts';
import { hashModel } from '../../onnx/hash-model.ts';
import { createInferenceModel, isForInference } from '../../onnx/inference-model.ts';
import { joinChunks } from '../../onnx/model/encode-message.ts';
import { encodeModel, readModel, readModelOutline } from '../../onnx/model.ts';
import { readGraph } from '../../onnx/read-graph.ts';
import { upgradeOpset } from '../../onnx/upgrade-opset.ts';
import { readModelCard } from '../../train/train-phase1/model-card.ts';
import { ModelError, OptionError } from '../../utils/errors.ts';
import type { Logger } from '../../utils/log.ts';
import { warnOfCard } from '../warn-of-card.ts';
import { countGridTokens } from './find-grid.ts';
import { EMBED_DEFAULTS, IMAGENET, type ResolvedBackboneOptions } from './options.ts';
import type { TakePlan } from './take-features.ts';

type Triple = readonly [number, number, number];

/** What a model takes and gives. */
export interface Backbone {
  readonly path: string;
  /** As onnxruntime takes it: the path, or the model with one more output. */
  readonly source: string | Uint8Array;
  /** File name without extension. */
  readonly name: string;
  /** The file is for inference, and need not be read before it is loaded. */
  readonly asItStands: boolean;
  /** Of the file, and of weights beside it: see `hashModel`. */
  readonly sha256: string;
  readonly inputName: string;
  /** Pixels of its square pictures. */
  readonly side: number;
  /** Microns per pixel that its card asks for. */
  readonly mpp: number | undefined;
  readonly mean: Triple;
  readonly std: Triple;
  readonly batchSize: number;
  /** Its batches are always whole. */
  readonly fixedBatch: boolean;
  readonly take: TakePlan;
}

/** Looks at a model without running it; `logger` is told of a card that is of another model. @throws SourceError, OptionError; ModelError where it takes no pictures */
export async function readBackbone(options: ResolvedBackboneOptions, logger?: Logger): Promise<Backbone> {
  const { model: path, take, specialTokens } = options;
  const file = readModelOutline(path);
  const [card, sha256] = [await readModelCard(path), await hashModel(path, file)];
  warnOfCard(path, card, { sha256, logger });
  const model = upgradeOpset(file);
  const graph = readGraph(model);
  const [input, ...others] = graph.inputs;
  if (!input || others.length > 0)
    throw new ModelError(path, `${graph.inputs.length} inputs, where a model of pictures has one`);
  if (input.type !== 'float32')
    throw new ModelError(path, `its input is ${input.type}, where float32 is needed`, { hint: 'export it in float32' });
  const output = options.output ?? graph.outputs[0] ?? '';
  const side = chooseSide(path, input.dims, options.inputSize ?? card?.input.width);
  const [batch] = input.dims;
  return {
    ...{
      path,
      source: graph.outputs.includes(output) ? path : await addOutput(path, graph, output),
      asItStands: isForInference(file),
      name: basename(path).replace(/\.onnx$/i, ''),
      sha256,
      inputName: input.name,
      side,
    },
    mpp: card?.input.mpp ?? undefined,
    mean: toTriple('mean', options.mean ?? card?.input.mean ?? IMAGENET.mean),
    std: toTriple('std', options.std ?? card?.input.std ?? IMAGENET.std),
    batchSize: typeof batch === 'number' ? batch : options.batchSize,
    fixedBatch: typeof batch === 'number',
    take: { source: path, output, take, specialTokens, gridTokens: countGridTokens(graph, side) },
  };
}

/** A value inside the model becomes an output: of a classifier the features that its last layer takes, say. */
async function addOutput(path: string, { outputs, nodes }: Graph, output: string): Promise<Uint8Array> {
  if (!nodes.some((node) => node.outputs.includes(output)))
    throw new OptionError('output', `one of ${outputs.join(', ')}, or a value inside the model`, output);
  const model = upgradeOpset(await readModel(path));
  const graph = { ...model.graph, output: [...(model.graph.output ?? []), { name: output }] };
  return joinChunks(encodeModel(createInferenceModel({ ...model, graph }, new Map())));
}

/** [batch, 3, side, side]; what is open in it is chosen. */
function chooseSide(source: string, dims: readonly SymbolicDim[], wanted: number | undefined): number {
  const [, channels, height, width] = dims;
  const text = `its input [${dims.join(', ')}]`;
  if (dims.length !== 4 || (channels !== 3 && typeof channels !== 'string'))
    throw new ModelError(source, `${text} takes no pictures: [batch, 3, height, width] is needed`);
  const fixed = [height, width].filter((side) => typeof side === 'number');
  const [side = wanted ?? EMBED_DEFAULTS.inputSize, other = side] = fixed;
  if (side !== other) throw new ModelError(source, `${text} is not square, and patches are`);
  if (fixed.length > 0 && wanted !== undefined && wanted !== side)
    throw new OptionError('inputSize', `${side}, as ${text}`, wanted);
  return side;
}

function toTriple(option: string, values: readonly number[]): Triple {
  const [red, green, blue, ...more] = values;
  const there = red !== undefined && green !== undefined && blue !== undefined && more.length === 0;
  if (!there || !values.every((value) => Number.isFinite(value) && (option === 'mean' || value > 0)))
    throw new OptionError(option, option === 'mean' ? 'three numbers' : 'three numbers above 0', values);
  return [red, green, blue];
}
