/** Operators on pictures whose definition changed, and one that has another name now. */
import { getNumber, getNumbers, getText, text } from '../attributes.ts';
import { createRefusal } from './refuse.ts';
import type { UpgradeContext, UpgradeRule, UpgradeTable } from './rule.ts';

/**
 * Before opset 11 a sample's place was its index divided by the scale: `asymmetric` since. How `nearest` rounds was said nowhere
 * for scales below 1; above, all round down.
 */
const upgradeResize: UpgradeRule = (context) => {
  const { builder, node, opset } = context;
  const { name, values } = readScales(context);
  const mode = getText(node, 'mode', 'nearest');
  const grows = node.op === 'Upsample' || values?.every((scale) => scale >= 1);
  if (mode === 'nearest' && !grows)
    throw createRefusal(node, opset, 'nearest with scales that are below 1, or computed');
  builder.append({
    ...node,
    op: 'Resize',
    inputs: [node.inputs[0] ?? '', '', name],
    attributes: {
      mode: text(mode),
      coordinate_transformation_mode: text('asymmetric'),
      ...(mode === 'nearest' ? { nearest_mode: text('floor') } : {}),
    },
  });
};

/** Scales were an attribute of Upsample up to opset 8. */
function readScales({ builder, node, opset, getConstant }: UpgradeContext): {
  name: string;
  values: readonly number[] | undefined;
} {
  const listed = getNumbers(node, 'scales');
  if (listed) return { name: builder.tensor('float32', [listed.length], listed), values: listed };
  const [, name = ''] = node.inputs;
  if (name === '') throw createRefusal(node, opset, 'it has no scales');
  const constant = getConstant(name);
  return { name, values: constant && Array.from(constant.data as ArrayLike<number>, Number) };
}

/** Up to opset 8 statistics could be kept for each place. More than one output meant that it trains, in a form of its own. */
const upgradeBatchNormalization: UpgradeRule = ({ builder, node, opset, isRead }) => {
  const { spatial: _spatial, ...attributes } = node.attributes;
  if (getNumber(node, 'spatial', 1) === 0) throw createRefusal(node, opset, 'statistics for each place (spatial=0)');
  const [output = '', ...statistics] = node.outputs;
  if (statistics.some((name) => name !== '' && isRead(name)))
    throw createRefusal(node, opset, 'its batch statistics are read');
  if (statistics.some((name) => name !== '')) throw createRefusal(node, opset, 'it was exported for training');
  builder.append({ ...node, outputs: [output], attributes });
};

const renameScatter: UpgradeRule = ({ builder, node }) => builder.append({ ...node, op: 'ScatterElements' });

export const PICTURE_UPGRADES: UpgradeTable = {
  BatchNormalization: { until: 13, rule: upgradeBatchNormalization },
  Resize: { until: 11, rule: upgradeResize },
  Scatter: { until: 13, rule: renameScatter },
  Upsample: { until: 10, rule: upgradeResize },
};
