import { listAxes, reduceSumSquare } from '../emit.ts';
import type { GraphBuilder } from '../graph-builder.ts';

/** Kept from a division by nothing, as torch has it. */
const EPSILON = 1e-6;

/** A gradient by its name, with its shape. */
export interface GradientValue {
  readonly value: string;
  readonly dims: readonly number[];
}

/** Adds the length of all gradients as one vector, a single number. There is one gradient at least. */
export function addGradientLength(builder: GraphBuilder, gradients: readonly GradientValue[]): string {
  let sums = gradients.map(({ value, dims }) =>
    dims.length === 0
      ? builder.add('Mul', [value, value])
      : reduceSumSquare(builder, value, listAxes(dims.length), false),
  );
  // In pairs: Sum of many is not done on WebGPU, and a chain would be less exact.
  while (sums.length > 1)
    sums = sums.flatMap((sum, index) => {
      if (index % 2 === 1) return [];
      const other = sums[index + 1];
      return [other === undefined ? sum : builder.add('Add', [sum, other])];
    });
  return builder.add('Sqrt', [sums[0] ?? '']);
}

/** Adds the factor, at most 1, that shortens gradients of this length to `longest`. */
export function addClipFactor(builder: GraphBuilder, length: string, longest: number): string {
  const raised = builder.add('Add', [length, builder.scalar(EPSILON)]);
  const factor = builder.add('Div', [builder.scalar(longest), raised]);
  return builder.add('Clip', [factor, builder.scalar(0), builder.scalar(1)]);
}
