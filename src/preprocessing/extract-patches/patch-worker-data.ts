import type { KernelModule } from '../../io/kernels/wasm-kernels.ts';

/** What each worker of a pool is told when it starts. */
export interface PatchWorkerData {
  /** Most memory for bands, patches and files together. */
  readonly maxBytes: number;
  /** The kernels, compiled once for all threads; undefined where WebAssembly has no SIMD. */
  readonly kernels: KernelModule | undefined;
}
