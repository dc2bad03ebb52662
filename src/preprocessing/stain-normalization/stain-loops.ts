import { createStainLoops, type StainLoops } from '../../io/kernels/stain-loops.ts';
import { createKernels, hasWasmSimd } from '../../io/kernels/wasm-kernels.ts';

/** What the kernels ask for at least; pictures pass through 100 KiB of it. */
const KERNEL_BYTES = 2 ** 20;

let shared: StainLoops | undefined;

/** The loops over pixels, by the WebAssembly kernels where the machine runs them; made once a thread. */
export function getStainLoops(): StainLoops {
  shared ??= createStainLoops(hasWasmSimd() ? createKernels(KERNEL_BYTES) : undefined);
  return shared;
}
