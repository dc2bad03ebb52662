/** What the thread of forward models is told, and answers: plain data. */
import type { Tensor } from './model/tensor.ts';
import type { Notice } from './notices.ts';
import type { ForwardOptions } from './open-forward.ts';
import type { Device } from './session.ts';

/** To `open` it answers `opened`, to `run` `ran`, to `close` `done`. */
export type ForwardJob =
  | {
      readonly kind: 'open';
      readonly source: string | Uint8Array;
      readonly options: Omit<ForwardOptions, 'logger'>;
    }
  | {
      readonly kind: 'run';
      /** Number of the model, which `opened` has told. */
      readonly model: number;
      readonly inputs: ReadonlyMap<string, Tensor>;
      readonly outputs: readonly string[] | undefined;
      /** The inputs have moved here, and go back with the answer. */
      readonly moving?: boolean;
    }
  | { readonly kind: 'close'; readonly model: number };

export interface OpenedForward {
  readonly kind: 'opened';
  readonly model: number;
  readonly device: Device;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly notices: readonly Notice[];
}

export interface ForwardResults {
  readonly kind: 'ran';
  readonly results: Map<string, Tensor>;
  /** Those that moved. */
  readonly inputs?: ReadonlyMap<string, Tensor>;
}

/** The memory of tensors, each once. */
export function listBuffers(tensors: Iterable<Tensor>): ArrayBuffer[] {
  const buffers = [...tensors].flatMap(({ data }) => (data.buffer instanceof ArrayBuffer ? data.buffer : []));
  return [...new Set(buffers)];
}
