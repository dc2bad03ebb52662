import { SessionError } from '../../utils/errors.ts';
import { joinChunks } from '../model/encode-message.ts';
import type { Tensor } from '../model/tensor.ts';
import { encodeModel } from '../model.ts';
import { openSession } from '../runtime/open-session.ts';
import type { Device, SessionOptions } from '../session.ts';
import { type WritableGraph, writeGraph } from '../write-graph.ts';
import type { ConformanceCase } from './conformance-case.ts';
import { toTensor, type Values } from './values.ts';

/**
 * `ok`: the device gives what is right. `fallback`: right as well, but the device left it to the processor. `wrong`: other values.
 * `failed`: it refused, or an error. `crashed`, `timeout`: the process died, or did not answer.
 */
export type CaseStatus = 'ok' | 'fallback' | 'wrong' | 'failed' | 'crashed' | 'timeout';

export interface CaseResult {
  readonly operator: string;
  readonly form: string;
  readonly status: CaseStatus;
  /** Slideloom uses another form on this device, as this one is known to fail there: it counts for nothing. */
  readonly avoided: boolean;
  /** Largest distance from what is right, as a share of the largest value; absent where nothing came out. */
  readonly difference?: number | undefined;
  readonly tolerance: number;
  /** What went wrong. */
  readonly detail?: string | undefined;
}

/**
 * CUDA multiplies with 10 bits of mantissa (TF32) unless NVIDIA_TF32_OVERRIDE=0 forbids it, and onnxruntime's Node API has no
 * switch for it.
 */
const TENSOR_CORES = 2e-3;
const MULTIPLIES: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'MatMul', 'Gemm', 'Einsum']);

/** Runs one case on a device. What goes wrong is in the result. */
export async function runCase(one: ConformanceCase, device: Device): Promise<CaseResult> {
  const { operator, form, avoidedOn, layout } = one;
  const tolerance = device === 'cuda' && MULTIPLIES.has(operator) ? TENSOR_CORES : one.tolerance;
  const common = { operator, form, avoided: avoidedOn.includes(device), tolerance };
  const expected = one.expected();
  const options = { device, threads: 1, ...(layout ? { layout } : {}) };
  try {
    const { outputs, alone } = await run(one, expected.length, options);
    const odd = expected.findIndex((values, index) => !hasSameShape(outputs[index], values));
    if (odd >= 0) return { ...common, status: 'wrong', detail: describeShapes(outputs[odd], expected[odd]) };
    const difference = Math.max(...expected.map((values, index) => measure(outputs[index], values)));
    if (!(difference <= tolerance)) return { ...common, status: 'wrong', difference };
    return { ...common, status: alone ? 'ok' : 'fallback', difference };
  } catch (error) {
    return { ...common, status: 'failed', detail: error instanceof Error ? error.message : String(error) };
  }
}

/** @returns its outputs, and whether the device computed them by itself */
async function run(
  one: ConformanceCase,
  count: number,
  options: SessionOptions,
): Promise<{ outputs: (Tensor | undefined)[]; alone: boolean }> {
  const { graph, feeds } = createGraph(one, count);
  const bytes = joinChunks(encodeModel(writeGraph(graph)));
  const { session, alone } = await open(bytes, options);
  try {
    const results = await session.run(feeds);
    return { outputs: graph.outputs.map((name) => results.get(name)), alone };
  } finally {
    await session.release();
  }
}

async function open(bytes: Uint8Array, options: SessionOptions) {
  if (options.device === 'cpu') return { session: await openSession(bytes, options), alone: true };
  try {
    return { session: await openSession(bytes, { ...options, strict: true }), alone: true };
  } catch (error) {
    if (!(error instanceof SessionError)) throw error;
    return { session: await openSession(bytes, options), alone: false };
  }
}

function createGraph(one: ConformanceCase, count: number): { graph: WritableGraph; feeds: Map<string, Tensor> } {
  const { operator, domain, inputs, attributes, opset } = one;
  const feeds = new Map<string, Tensor>();
  const tensors = new Map<string, Tensor>();
  const names = inputs.map((values, index) => {
    if (!values) return '';
    const name = `input${index}`;
    (values.type === 'int64' ? tensors : feeds).set(name, toTensor(values));
    return name;
  });
  const outputs = Array.from({ length: count }, (_, index) => `output${index}`);
  const node = { op: operator, domain, name: operator, inputs: names, outputs, attributes };
  const values = [...feeds].map(([name, { type, dims }]) => ({ name, type, dims }));
  return { graph: { opset, inputs: values, outputs, tensors, nodes: [node] }, feeds };
}

function hasSameShape(actual: Tensor | undefined, { type, dims }: Values): boolean {
  return actual?.type === type && `${actual.dims}` === `${dims}`;
}

function describeShapes(actual: Tensor | undefined, expected: Values | undefined): string {
  const [own, wanted] = [actual, expected].map((one) => (one ? `${one.type} [${one.dims.join(', ')}]` : 'nothing'));
  return `gives ${own} in place of ${wanted}`;
}

/** Largest distance, as a share of the largest value; NaN where one of them is none. */
function measure(actual: Tensor | undefined, { data }: Values): number {
  const scale = data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  const apart = data.reduce((largest, value, index) => {
    const distance = Math.abs(value - Number(actual?.data[index]));
    return distance <= largest ? largest : distance;
  }, 0);
  return apart === 0 ? 0 : apart / Math.max(scale, Number.MIN_VALUE);
}
