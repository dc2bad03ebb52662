import { findChannelBlock } from '../../src/onnx/channel-block.ts';
import type { Attributes, GraphNode } from '../../src/onnx/graph.ts';
import { joinChunks } from '../../src/onnx/model/encode-message.ts';
import { countElements, createZeros, type Tensor } from '../../src/onnx/model/tensor.ts';
import { decodeModel, encodeModel } from '../../src/onnx/model.ts';
import { openOnDevice } from '../../src/onnx/open-on-device.ts';
import { prepareModel } from '../../src/onnx/prepare-model.ts';
import { openSession } from '../../src/onnx/runtime/open-session.ts';
import type { Session } from '../../src/onnx/session.ts';
import type { TrainGraph } from '../../src/onnx/train-assembly.ts';
import { createTrainGraph } from '../../src/onnx/train-graph.ts';
import { writeGraph } from '../../src/onnx/write-graph.ts';
import { relativeDifference } from './onnx-goldens.ts';
import { createSeededRandom } from './seeded-random.ts';

/** An operand of the operator under test. `'n'` is a dimension that varies, and is 4 when the gradient is checked. */
export interface GradientOperand {
  readonly dims: readonly (number | 'n')[];
  /** Values lie evenly in it, in random order, none of them equal. Default [-1, 1]; 0 is never among them. */
  readonly range?: readonly [number, number];
  /** Given values: the operand is then a constant of the graph, unless `fed`. */
  readonly values?: readonly number[];
  readonly type?: 'int64' | 'int32' | 'bool' | 'float32' | 'float64';
  /** Given values that come in as an input. */
  readonly fed?: boolean;
  /** Its gradient is not asked for. */
  readonly frozen?: boolean;
}

export interface GradientCase {
  readonly op: string;
  /** What is special about it. */
  readonly what?: string;
  /** `undefined` where an optional operand is left out. */
  readonly operands: readonly (GradientOperand | undefined)[];
  readonly attributes?: Attributes;
  /** How many outputs the node has; the first is differentiated, or `output`. Default 1. */
  readonly outputs?: number;
  readonly output?: number;
  readonly opset?: number;
  /** Operators without kernels for float64 are checked in float32, with a larger step and tolerance. */
  readonly single?: boolean;
  readonly step?: number;
  readonly tolerance?: number;
  readonly device?: 'cpu' | 'webgpu' | 'cuda';
  /** With onnxruntime's convolutions on blocks of channels, where the processor has them. */
  readonly blocked?: boolean;
}

const VARYING = 4;

/** Central differences of float64: the step's square below, rounding divided by the step above. */
const DOUBLE = { step: 1e-4, tolerance: 1e-6 };
/** Of float32, computed of outputs of about 1: rounding is 1e-7 / 1e-2. */
const SINGLE = { step: 1e-2, tolerance: 2e-3 };

/**
 * The relative differences of the operands' gradients, and of numerical ones: a loss (the mean square of output - target) is
 * computed with each element moved a step up and down.
 */
export async function checkGradient(one: GradientCase): Promise<{ worst: number; tolerance: number }> {
  const { step, tolerance } = { ...(one.single ? SINGLE : DOUBLE), ...pickOwn(one) };
  const { model, feeds, moved } = createModel(one);
  const prepared = await prepareModel(decodeModel(model));
  const channelBlock = one.blocked ? await findChannelBlock() : undefined;
  const { session, built } = await openOnDevice(
    (device) =>
      createTrainGraph(prepared.graph, prepared.facts, {
        ...{ loss: { kind: 'mean-squared-error' }, device: one.device ?? device, channelBlock, parameters: [] },
        trainable: new Set(moved),
      }),
    { threads: 1 },
  );
  await using _ = session;
  const target = await createTarget(model, feeds);
  const analytic = await session.run(new Map(feeds).set(built.target.name, target));
  let worst = 0;
  for (const name of moved) {
    const gradient = analytic.get(built.gradients.get(name) ?? '');
    if (!gradient) throw new Error(`no gradient of ${name}`);
    const compute = createLoss(session, { built, target, output: prepared.graph.outputs[0]! });
    const numeric = await differentiateByHand(compute, { feeds, name, step });
    worst = Math.max(worst, relativeDifference(gradient.data, numeric));
  }
  return { worst, tolerance };
}

function pickOwn({ step, tolerance }: GradientCase): { step?: number; tolerance?: number } {
  return { ...(step === undefined ? {} : { step }), ...(tolerance === undefined ? {} : { tolerance }) };
}

/** A graph with the one node, its operands as inputs or constants. */
function createModel(one: GradientCase): { model: Uint8Array; feeds: Map<string, Tensor>; moved: string[] } {
  const feeds = new Map<string, Tensor>();
  const tensors = new Map<string, Tensor>();
  const inputs: { name: string; type: Tensor['type']; dims: readonly (number | string)[] }[] = [];
  const moved: string[] = [];
  const names = one.operands.map((operand, index) => {
    if (!operand) return '';
    const name = `in${index}`;
    const tensor = createOperand(operand, { index, single: one.single ?? false });
    if (operand.values && !operand.fed) tensors.set(name, tensor);
    else {
      inputs.push({ name, type: tensor.type, dims: operand.dims });
      feeds.set(name, tensor);
      if (!operand.values && !operand.frozen) moved.push(name);
    }
    return name;
  });
  const outputs = Array.from({ length: one.outputs ?? 1 }, (_, index) => `out${index}`);
  const node: GraphNode = {
    ...{ op: one.op, domain: '', name: one.op, inputs: names, outputs },
    attributes: one.attributes ?? {},
  };
  const output = outputs[one.output ?? 0]!;
  const message = writeGraph({ opset: one.opset ?? 17, inputs, outputs: [output], tensors, nodes: [node] });
  return { model: joinChunks(encodeModel(message)), feeds, moved };
}

function createOperand(operand: GradientOperand, { index, single }: { index: number; single: boolean }): Tensor {
  const dims = operand.dims.map((dim) => (dim === 'n' ? VARYING : dim));
  const type = operand.type ?? (single ? 'float32' : 'float64');
  const tensor = createZeros(type, dims);
  const values =
    operand.values ?? spreadValues(countElements(dims), { range: operand.range ?? [-1, 1], seed: index + 1 });
  for (const [at, value] of values.entries())
    if (type === 'int64') (tensor.data as BigInt64Array)[at] = BigInt(value);
    else (tensor.data as Float64Array)[at] = value;
  return tensor;
}

/** Evenly spaced values in random order: kinks and ties of maxima are further away than a step. */
function spreadValues(count: number, { range, seed }: { range: readonly [number, number]; seed: number }): number[] {
  const random = createSeededRandom(seed);
  const even = count + (count % 2);
  const values = Array.from({ length: count }, (_, at) => range[0] + ((at + 0.5) / even) * (range[1] - range[0]));
  for (let at = count - 1; at > 0; at--) {
    const other = random.integer(0, at);
    [values[at], values[other]] = [values[other]!, values[at]!];
  }
  return values;
}

/** Some values near the output, so that the loss has a gradient of no special form. */
async function createTarget(model: Uint8Array, feeds: ReadonlyMap<string, Tensor>): Promise<Tensor> {
  await using session = await openSession(model, { threads: 1 });
  const [result] = (await session.run(feeds)).values();
  if (!result) throw new Error('no output');
  const target = createZeros(result.type, result.dims);
  const noise = spreadValues(target.data.length, { range: [-1, 1], seed: 99 });
  for (const [at, value] of noise.entries()) (target.data as Float64Array)[at] = Number(result.data[at]) + value;
  return target;
}

/** The loss in float64, whatever the type of the output. */
function createLoss(
  session: Session,
  { built, target, output }: { built: TrainGraph; target: Tensor; output: string },
): (feeds: ReadonlyMap<string, Tensor>) => Promise<number> {
  return async (feeds) => {
    const results = await session.run(new Map(feeds).set(built.target.name, target), [output]);
    const { data } = results.get(output)!;
    let sum = 0;
    for (let at = 0; at < data.length; at++) sum += (Number(data[at]) - Number(target.data[at])) ** 2;
    return sum / data.length;
  };
}

async function differentiateByHand(
  compute: (feeds: ReadonlyMap<string, Tensor>) => Promise<number>,
  { feeds, name, step }: { feeds: ReadonlyMap<string, Tensor>; name: string; step: number },
): Promise<Float64Array> {
  const tensor = feeds.get(name)!;
  const result = new Float64Array(tensor.data.length);
  for (let at = 0; at < result.length; at++) {
    const move = async (shift: number) => {
      const data = (tensor.data as Float64Array).slice();
      data[at] = data[at]! + shift;
      return compute(new Map(feeds).set(name, { ...tensor, data }));
    };
    result[at] = ((await move(step)) - (await move(-step))) / (2 * step);
  }
  return result;
}
