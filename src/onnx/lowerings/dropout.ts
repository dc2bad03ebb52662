import { getNumber } from '../attributes.ts';
import { multiply } from '../emit.ts';
import type { Lowering } from '../gradient-rule.ts';

/**
 * Dropout as a product with a mask that is fed, so that the same seed gives the same run, also after a resume. Where nothing
 * is dropped it is left out.
 */
export const lowerDropout: Lowering = (context) => {
  const { builder, node, getConstant } = context;
  const [x = '', ratioName = '', trainingName = ''] = node.inputs;
  const [y = '', maskName = ''] = node.outputs;
  const ratio = Number(getConstant(ratioName)?.data[0] ?? getNumber(node, 'ratio', 0.5));
  const trains = trainingName !== '' && Number(getConstant(trainingName)?.data[0] ?? 1) !== 0;
  const mask = trains && ratio > 0 ? context.addDropoutMask(x, ratio) : undefined;
  const inputs = mask === undefined ? [x] : [x, mask];
  const op = mask === undefined ? 'Identity' : 'Mul';
  builder.append({ op, domain: '', name: '', inputs, outputs: [y], attributes: {} });
  if (maskName !== '') {
    const kept = mask ?? multiply(builder, x, builder.scalar(0, context.getType(x)));
    const zero = builder.scalar(0, context.getType(x));
    const condition = mask === undefined ? 'Equal' : 'Greater';
    builder.append({
      ...{ op: condition, domain: '', name: '', attributes: {} },
      inputs: [kept, zero],
      outputs: [maskName],
    });
  }
  return mask === undefined ? {} : { mask };
};
