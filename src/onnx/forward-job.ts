/** What the thread of a forward model is told, and answers: plain data. */
import type { Tensor } from './model/tensor.ts';
import type { Notice } from './notices.ts';
import type { ForwardOptions } from './open-forward.ts';
import type { Device } from './session.ts';

export type ForwardJob =
  | {
      readonly kind: 'open';
      readonly source: string | Uint8Array;
      readonly options: Omit<ForwardOptions, 'logger'>;
    }
  | {
      readonly kind: 'run';
      readonly inputs: ReadonlyMap<string, Tensor>;
      readonly outputs: readonly string[] | undefined;
    }
  | { readonly kind: 'release' };

export type ForwardAnswer =
  | {
      readonly kind: 'opened';
      readonly device: Device;
      readonly inputNames: readonly string[];
      readonly outputNames: readonly string[];
      readonly notices: readonly Notice[];
    }
  | { readonly kind: 'ran'; readonly results: Map<string, Tensor> }
  | { readonly kind: 'released' };
