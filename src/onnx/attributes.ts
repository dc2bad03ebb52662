/** Attributes of nodes: made, and read with the defaults that ONNX gives them. */

import { OperatorError } from '../utils/errors.ts';
import { type Attribute, describeNode, type GraphNode } from './graph.ts';
import type { Tensor } from './model/tensor.ts';

export const int = (value: number): Attribute => ({ kind: 'int', value });
export const ints = (value: readonly number[]): Attribute => ({ kind: 'ints', value });
export const float = (value: number): Attribute => ({ kind: 'float', value });
export const text = (value: string): Attribute => ({ kind: 'string', value });
export const tensor = (value: Tensor): Attribute => ({ kind: 'tensor', value });

/** An integer or float attribute. */
export function getNumber(node: GraphNode, name: string, absent: number): number {
  const attribute = node.attributes[name];
  if (attribute === undefined) return absent;
  if (attribute.kind === 'int' || attribute.kind === 'float') return attribute.value;
  throw createFault(node, name);
}

/** A list of numbers; `undefined` where the node has none. */
export function getNumbers(node: GraphNode, name: string): readonly number[] | undefined {
  const attribute = node.attributes[name];
  if (attribute === undefined) return undefined;
  if (attribute.kind === 'ints' || attribute.kind === 'floats') return attribute.value;
  throw createFault(node, name);
}

export function getText(node: GraphNode, name: string, absent: string): string {
  const attribute = node.attributes[name];
  if (attribute === undefined) return absent;
  if (attribute.kind === 'string') return attribute.value;
  throw createFault(node, name);
}

/** An axis from 0, whichever side it was counted from. */
export function toAxis(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

function createFault(node: GraphNode, name: string): OperatorError {
  return new OperatorError(node.op, describeNode(node), `attribute "${name}" is of another kind than ONNX says`);
}
