/** Operators whose settings were attributes, and are inputs now. */
import { getNumber, getNumbers, getText } from '../attributes.ts';
import type { Attributes } from '../graph.ts';
import { createRefusal } from './refuse.ts';
import type { UpgradeContext, UpgradeRule, UpgradeTable } from './rule.ts';

/** onnx.proto's bounds of a Clip without min or max. */
const MOST = 3.4028234663852886e38;

/** A list of whole numbers becomes the second input; left out, it stays out. */
const moveList =
  (name: string): UpgradeRule =>
  (context) => {
    const { builder, node } = context;
    const values = getNumbers(node, name);
    replace(context, { drop: [name], inputs: values ? [builder.ints(values)] : [] });
  };

const upgradeSlice: UpgradeRule = (context) => {
  const { builder, node, opset } = context;
  const [starts, ends, axes] = ['starts', 'ends', 'axes'].map((name) => getNumbers(node, name));
  if (!starts || !ends) throw createRefusal(node, opset, 'it has no starts or no ends');
  const lists = [starts, ends, axes ?? [...starts.keys()]];
  replace(context, { drop: ['starts', 'ends', 'axes'], inputs: lists.map((values) => builder.ints(values)) });
};

const upgradePad: UpgradeRule = (context) => {
  const { builder, node, opset } = context;
  const pads = getNumbers(node, 'pads');
  if (!pads) throw createRefusal(node, opset, 'it has no pads');
  const value = getText(node, 'mode', 'constant') === 'constant' ? [builder.scalar(getNumber(node, 'value', 0))] : [];
  replace(context, { drop: ['pads', 'value'], inputs: [builder.ints(pads), ...value] });
};

const upgradeClip: UpgradeRule = (context) => {
  const { builder, node } = context;
  const bounds = [getNumber(node, 'min', -MOST), getNumber(node, 'max', MOST)];
  replace(context, { drop: ['min', 'max'], inputs: bounds.map((value) => builder.scalar(value)) });
};

const upgradeTopK: UpgradeRule = (context) => {
  const { builder, node } = context;
  replace(context, { drop: ['k'], inputs: [builder.ints([getNumber(node, 'k', 0)])] });
};

/** Dropout of these opsets drops nothing: training was no part of them. Before 10 its mask was of the input's type. */
const upgradeDropout: UpgradeRule = (context) => {
  const { builder, node, opset, isRead } = context;
  const [output = '', mask = ''] = node.outputs;
  if (mask !== '' && isRead(mask)) throw createRefusal(node, opset, 'its mask is read');
  const ratio = builder.scalar(getNumber(node, 'ratio', 0.5));
  builder.append({ ...node, inputs: [node.inputs[0] ?? '', ratio], outputs: [output], attributes: {} });
};

export const ATTRIBUTE_UPGRADES: UpgradeTable = {
  Clip: { until: 11, rule: upgradeClip },
  Dropout: { until: 12, rule: upgradeDropout },
  Pad: { until: 11, rule: upgradePad },
  ReduceSum: { until: 13, rule: moveList('axes') },
  Slice: { until: 10, rule: upgradeSlice },
  Split: { until: 13, rule: moveList('split') },
  Squeeze: { until: 13, rule: moveList('axes') },
  TopK: { until: 10, rule: upgradeTopK },
  Unsqueeze: { until: 13, rule: moveList('axes') },
};

/** The node with more inputs, and without the attributes they were. */
function replace(
  { builder, node }: UpgradeContext,
  { drop, inputs }: { drop: readonly string[]; inputs: readonly string[] },
): void {
  const attributes: Attributes = Object.fromEntries(
    Object.entries(node.attributes).filter(([name]) => !drop.includes(name)),
  );
  builder.append({ ...node, inputs: [...node.inputs, ...inputs], attributes });
}
