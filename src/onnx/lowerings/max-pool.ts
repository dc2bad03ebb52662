import { getNumber } from '../attributes.ts';
import { createUnsupported } from '../emit.ts';
import type { Lowering } from '../gradient-rule.ts';

/** Keeps where each maximum was found, which the operator can say itself; on WebGPU it fails when it is asked to. */
export const lowerMaxPool: Lowering = (context) => {
  const { builder, node, device, isTrained } = context;
  if (!isTrained || device === 'webgpu') {
    builder.append(node);
    return {};
  }
  const [y = '', given = ''] = node.outputs;
  // The gradient wants places by rows; by columns they would lead elsewhere.
  if (given !== '' && getNumber(node, 'storage_order', 0) !== 0)
    throw createUnsupported(context, 'with indices by columns (storage_order)');
  const { storage_order: _order, ...attributes } = node.attributes;
  const indices = given || builder.createName();
  builder.append({ ...node, attributes, outputs: [y, indices] });
  return { indices };
};
