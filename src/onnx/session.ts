/**
 * What a graph that is loaded gives, whoever computes it. `run` blocks its thread while the graph runs (onnxruntime-node 1.30), so
 * long work belongs in a worker thread. Memory of a session is given back by `release()`, and by nothing else.
 */
import type { DataType } from './model/data-types.ts';
import type { Tensor } from './model/tensor.ts';

export type Device = 'cpu' | 'webgpu' | 'cuda';

export interface SessionOptions {
  /** Where the graph runs. Default `cpu`. */
  device?: Device;
  /** Threads within an operator. Default: one a core. */
  threads?: number;
  /** How far onnxruntime rewrites the graph: `all` pays for inference with weights inside. Default `basic`. */
  optimization?: 'disabled' | 'basic' | 'extended' | 'all';
  /** Outputs that stay where the graph runs; `runKeeping` gives them. */
  kept?: readonly string[];
  /** Refuse a graph of which the device leaves a part to the processor. Default false. */
  strict?: boolean;
  /** Order of a picture's dimensions within WebGPU. Default `NCHW`. */
  layout?: 'NCHW' | 'NHWC';
}

/** A value that stays where its session computes, to be fed to another run. Whoever asked for it disposes of it. */
export interface DeviceTensor {
  readonly dims: readonly number[];
  /** Gives its memory back. May be called twice. */
  dispose(): void;
}

/** A graph that is loaded. Use it from one caller at a time. */
export interface Session extends AsyncDisposable {
  readonly device: Device;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Element type of an output, as onnxruntime infers it; `undefined` for what is no tensor. */
  getOutputType(name: string): DataType | undefined;
  /**
   * Runs the graph. Inputs are read in place, outputs are new arrays.
   * @param fetches outputs that are wanted; default all
   * @throws SessionError
   */
  run(feeds: Feeds, fetches?: readonly string[]): Promise<Map<string, Tensor>>;
  /** As `run`, with the outputs that the session was opened to keep apart from those that are copied. @throws SessionError */
  runKeeping(feeds: Feeds): Promise<{ results: Map<string, Tensor>; kept: Map<string, DeviceTensor> }>;
  /** Gives all memory back. May be called twice. */
  release(): Promise<void>;
}

/** Inputs by name: values, or what a session has kept on the same device. */
export type Feeds = ReadonlyMap<string, Tensor | DeviceTensor>;
