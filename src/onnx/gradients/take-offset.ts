import { slice } from '../emit.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import type { Window } from '../window.ts';

/** The pixels that lie under one offset of the kernel, of a padded input. */
export function takeOffset(
  builder: GraphBuilder,
  padded: string,
  { window, offset }: { window: Window; offset: readonly number[] },
): string {
  const { strides, dilations, output, kernel } = window;
  if (kernel.every((size) => size === 1) && strides.every((stride) => stride === 1)) return padded;
  const starts = offset.map((at, axis) => at * (dilations[axis] ?? 1));
  const steps = offset.map((_, axis) => strides[axis] ?? 1);
  const ends = starts.map((start, axis) => start + ((output[axis] ?? 1) - 1) * (steps[axis] ?? 1) + 1);
  return slice(builder, padded, { axes: starts.map((_, axis) => axis + 2), starts, ends, steps });
}
