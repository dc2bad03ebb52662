import { getNumber, int, toAxis } from '../attributes.ts';
import type { UpgradeRule, UpgradeTable } from './rule.ts';

/**
 * Before opset 13 these saw a matrix: all axes from `axis` (1 where nothing is said) on were one. From 13 on `axis` is the only
 * one, so that they stay themselves over the last axis, and else are written over the flattened value.
 */
const upgradeSoftmax: UpgradeRule = ({ builder, node, getRank }) => {
  const [input = ''] = node.inputs;
  const axis = getNumber(node, 'axis', 1);
  const rank = getRank(input) ?? getRank(node.outputs[0] ?? '');
  const attributes = { axis: int(-1) };
  if (axis === -1 || (rank !== undefined && toAxis(axis, rank) === rank - 1)) {
    builder.append({ ...node, attributes });
    return;
  }
  const flat = builder.add('Flatten', [input], { axis: int(axis) });
  const result = builder.add(node.op, [flat], attributes);
  builder.append({ ...node, op: 'Reshape', inputs: [result, builder.add('Shape', [input])], attributes: {} });
};

export const SOFTMAX_UPGRADES: UpgradeTable = {
  Hardmax: { until: 13, rule: upgradeSoftmax },
  LogSoftmax: { until: 13, rule: upgradeSoftmax },
  Softmax: { until: 13, rule: upgradeSoftmax },
};
