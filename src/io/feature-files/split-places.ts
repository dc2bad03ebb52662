import type { TensorData } from '../safetensors/tensor.ts';

/** Pairs x, y one after another as two columns. */
export function splitPlaces(data: TensorData): { readonly x: Float64Array; readonly y: Float64Array } {
  const pick = (axis: number) =>
    Float64Array.from({ length: Math.floor(data.length / 2) }, (_, row) => Number(data[2 * row + axis]));
  return { x: pick(0), y: pick(1) };
}
