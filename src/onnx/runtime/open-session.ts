import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { SessionError } from '../../utils/errors.ts';
import { trackOpen } from '../../utils/open-handles.ts';
import type { DataType, TensorData } from '../model/data-types.ts';
import type { Tensor } from '../model/tensor.ts';
import type { Device, DeviceTensor, Feeds, Session, SessionOptions } from '../session.ts';
import { getMessage, loadRuntime, type Runtime } from './load-runtime.ts';

/** Loads a model from its path or its bytes. @throws SessionError where onnxruntime refuses it, or the device is missing */
export async function openSession(model: string | Uint8Array, options: SessionOptions = {}): Promise<Session> {
  const { device = 'cpu', threads, optimization = 'basic', kept = [], strict = false, layout = 'NCHW' } = options;
  const ort = await loadRuntime(device);
  const settings: InferenceSession.SessionOptions = {
    // Channels last, its own choice, WebGPU convolves groups of 5, 6 or 7 channels to wrong numbers (1.30).
    executionProviders: [device === 'webgpu' ? { name: device, preferredLayout: layout } : device],
    graphOptimizationLevel: optimization,
    // Patterns grow memory by a third to a half when shapes vary, and save no time.
    enableMemPattern: false,
    enableCpuMemArena: true,
    logSeverityLevel: 4,
    // Threads that wait for work by spinning take the processor from whoever reads the next batch: on two busy cores a step
    // took twice the CPU and several times as long.
    extra: { 'session.intra_op.allow_spinning': '0', ...(strict ? { 'session.disable_cpu_ep_fallback': '1' } : {}) },
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    // Only WebGPU has memory of its own that JavaScript can hold.
    ...(device === 'webgpu' && kept.length > 0
      ? { preferredOutputLocation: Object.fromEntries(kept.map((name) => [name, 'gpu-buffer' as const])) }
      : {}),
  };
  try {
    const session = await (typeof model === 'string'
      ? ort.InferenceSession.create(model, settings)
      : ort.InferenceSession.create(model, settings));
    return new OrtSession(ort, session, { device, kept });
  } catch (error) {
    throw new SessionError(device, `the graph can't be loaded: ${getMessage(error)}`, { cause: error });
  }
}

class OrtSession implements Session {
  readonly device: Device;
  readonly #ort: Runtime;
  readonly #types: ReadonlyMap<string, DataType>;
  readonly #untrack: () => void;
  readonly #kept: ReadonlySet<string>;
  #session: InferenceSession | undefined;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];

  constructor(ort: Runtime, session: InferenceSession, { device, kept }: { device: Device; kept: readonly string[] }) {
    this.#ort = ort;
    this.#session = session;
    this.#kept = new Set(kept);
    this.device = device;
    this.inputNames = session.inputNames;
    this.outputNames = session.outputNames;
    const types = new Map<string, DataType>();
    for (const output of session.outputMetadata) if (output.isTensor) types.set(output.name, output.type as DataType);
    this.#types = types;
    this.#untrack = trackOpen(this, 'onnx session', device);
  }

  getOutputType(name: string): DataType | undefined {
    return this.#types.get(name);
  }

  async run(feeds: Feeds, fetches?: readonly string[]): Promise<Map<string, Tensor>> {
    const results = await this.#run(feeds, fetches);
    return new Map(Object.entries(results).map(([name, value]) => [name, fromOrt(value)]));
  }

  async runKeeping(feeds: Feeds): Promise<{ results: Map<string, Tensor>; kept: Map<string, DeviceTensor> }> {
    const results = new Map<string, Tensor>();
    const kept = new Map<string, DeviceTensor>();
    for (const [name, value] of Object.entries(await this.#run(feeds)))
      if (this.#kept.has(name)) kept.set(name, new OrtDeviceTensor(value));
      else results.set(name, fromOrt(value));
    return { results, kept };
  }

  async release(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    if (!session) return;
    this.#untrack();
    await session.release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  async #run(feeds: Feeds, fetches?: readonly string[]): Promise<InferenceSession.OnnxValueMapType> {
    if (!this.#session) throw new SessionError(this.device, 'the session is released');
    const inputs: Record<string, OrtTensor> = {};
    for (const [name, tensor] of feeds) inputs[name] = this.#toOrt(tensor);
    try {
      return await (fetches ? this.#session.run(inputs, fetches) : this.#session.run(inputs));
    } catch (error) {
      throw new SessionError(this.device, getMessage(error), { cause: error });
    }
  }

  #toOrt(tensor: Tensor | DeviceTensor): OrtTensor {
    if (tensor instanceof OrtDeviceTensor) return tensor.value;
    const { type, data, dims } = tensor as Tensor;
    // Its constructors are one for each type; ours is a type that is known only at run time.
    const create = this.#ort.Tensor as unknown as new (
      type: string,
      data: TensorData,
      dims: readonly number[],
    ) => OrtTensor;
    return new create(type, data, dims);
  }
}

/** Its values are never asked for: onnxruntime-node 1.30 ends the process at `getData()` of what lies on a device. */
class OrtDeviceTensor implements DeviceTensor {
  readonly value: OrtTensor;
  readonly dims: readonly number[];
  #open = true;

  constructor(value: OrtTensor) {
    this.value = value;
    this.dims = value.dims;
  }

  dispose(): void {
    if (this.#open) this.value.dispose();
    this.#open = false;
  }
}

function fromOrt(value: OrtTensor): Tensor {
  return { type: value.type as DataType, dims: value.dims, data: value.data as TensorData };
}
