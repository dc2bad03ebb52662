import { getNumber, getNumbers } from './attributes.ts';
import type { GraphNode } from './graph.ts';
import type { Tensor } from './model/tensor.ts';

/** A matrix product as it is meant, whatever operators it is written in. */
export interface Product {
  readonly left: Operand;
  readonly right: Operand;
  readonly alpha: number;
}

export interface Operand {
  readonly name: string;
  readonly transposed: boolean;
}

export function flip({ name, transposed }: Operand): Operand {
  return { name, transposed: !transposed };
}

/** A constant without dimensions. */
export function readNumber(constant: Tensor | undefined): number | undefined {
  return constant?.data.length === 1 && constant.dims.length === 0 ? Number(constant.data[0]) : undefined;
}

/** A product of two operands without anything added. */
export function readProduct(node: GraphNode): Product | undefined {
  const { op, domain, inputs } = node;
  if (domain !== '') return undefined;
  const [left = '', right = '', added = ''] = inputs;
  if (op === 'MatMul')
    return { left: { name: left, transposed: false }, right: { name: right, transposed: false }, alpha: 1 };
  if (op !== 'Gemm' || added !== '') return undefined;
  const isSet = (name: string) => getNumber(node, name, 0) === 1;
  return {
    left: { name: left, transposed: isSet('transA') },
    right: { name: right, transposed: isSet('transB') },
    alpha: getNumber(node, 'alpha', 1),
  };
}

/** Whether a node exchanges the last two axes, and no more. */
export function swapsLast(node: GraphNode): boolean {
  if (node.op !== 'Transpose' || node.domain !== '') return false;
  const perm = getNumbers(node, 'perm') ?? [];
  const last = perm.length - 1;
  return last >= 1 && perm.every((axis, at) => axis === (at < last - 1 ? at : 2 * last - 1 - at));
}
