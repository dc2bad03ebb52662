import type { Kernels } from '../../../io/kernels/wasm-kernels.ts';
import { type AdamwArrays, type RoundedFactors, updateAdamwPlain } from './adamw-update.ts';

export type AdamwUpdate = (arrays: AdamwArrays, factors: RoundedFactors) => void;

/** Weights at a time: four windows of 64 KiB, which the second-level cache holds. */
const WINDOW = 16_384;
const BYTES = Float32Array.BYTES_PER_ELEMENT;

/**
 * AdamW by the WebAssembly kernel, bit for bit as the plain version, three times as fast: arrays lie outside its memory, as they
 * move between threads, and pass through windows of it. Without `kernels` it is the plain version.
 */
export function createAdamwUpdate(kernels: Kernels | undefined): AdamwUpdate {
  if (!kernels) return updateAdamwPlain;
  const address = kernels.allocate(4 * WINDOW * BYTES);
  const open = (slot: number) => {
    const at = address + slot * WINDOW * BYTES;
    return { at, window: new Float32Array(kernels.memory.buffer, at, WINDOW) };
  };
  const [weights, gradients, m, v] = [open(0), open(1), open(2), open(3)];
  return (arrays, factors) => {
    const { length } = arrays.weights;
    for (let start = 0; start < length; start += WINDOW) {
      const end = Math.min(length, start + WINDOW);
      const count = end - start;
      const part = (values: Float32Array) => (count === length ? values : values.subarray(start, end));
      weights.window.set(part(arrays.weights));
      gradients.window.set(part(arrays.gradients));
      m.window.set(part(arrays.m));
      v.window.set(part(arrays.v));
      // Up to three more are computed than there are, and left behind.
      kernels.updateAdamw(weights.at, gradients.at, m.at, v.at, (count + 3) & ~3, ...factors);
      arrays.weights.set(weights.window.subarray(0, count), start);
      arrays.m.set(m.window.subarray(0, count), start);
      arrays.v.set(v.window.subarray(0, count), start);
    }
  };
}
