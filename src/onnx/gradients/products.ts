import { getNumber, getText } from '../attributes.ts';
import {
  createUnsupported,
  expandLike,
  gemm,
  listAxes,
  multiply,
  reshape,
  squeeze,
  transpose,
  unbroadcast,
  unsqueeze,
} from '../emit.ts';
import type { GradientContext, GradientRule, RuleTable } from '../gradient-rule.ts';
import { type Dims, DYNAMIC } from '../graph.ts';

/** Y = alpha * A' * B' + beta * C, where A' and B' may be transposed. */
const gemmRule: GradientRule = (context) => {
  const { builder, node, needs, getDims, getType } = context;
  const [dy = ''] = context.outputGradients;
  const [a = '', b = '', c = ''] = node.inputs;
  const alpha = getNumber(node, 'alpha', 1);
  const beta = getNumber(node, 'beta', 1);
  const transA = getNumber(node, 'transA', 0) === 1;
  const transB = getNumber(node, 'transB', 0) === 1;
  const toA = () =>
    transA
      ? gemm(builder, b, dy, { transA: transB, transB: true, alpha })
      : gemm(builder, dy, b, { transB: !transB, alpha });
  const toB = () =>
    transB
      ? gemm(builder, dy, a, { transA: true, transB: transA, alpha })
      : gemm(builder, a, dy, { transA: !transA, alpha });
  const toC = () => {
    const scaled = beta === 1 ? dy : multiply(builder, dy, builder.scalar(beta, getType(c)));
    return unbroadcast(context, scaled, { from: getDims(node.outputs[0] ?? ''), to: c });
  };
  return [needs(0) ? toA() : undefined, needs(1) ? toB() : undefined, needs(2) ? toC() : undefined];
};

const matMul: GradientRule = (context) => {
  const { builder, node, getDims, needs } = context;
  const [dy = ''] = context.outputGradients;
  const [a = '', b = ''] = node.inputs;
  const [dimsA, dimsB] = [getDims(a), getDims(b)];
  if (dimsA.length === 1 || dimsB.length === 1) return multiplyVectors(context);
  const lastAxes = (rank: number) => [...listAxes(rank - 2), rank - 1, rank - 2];
  const flat = dimsB.length === 2 && dimsA.length > 2;
  const toA = () => {
    if (dimsA.length === 2 && dimsB.length === 2) return gemm(builder, dy, b, { transB: true });
    const product = builder.add('MatMul', [dy, transpose(builder, b, lastAxes(dimsB.length))]);
    return unbroadcast(context, product, { from: [...getBatch(context), ...dimsA.slice(-2)], to: a });
  };
  const toB = () => {
    if (dimsA.length === 2 && dimsB.length === 2) return gemm(builder, a, dy, { transA: true });
    // One large product in place of a small one for each row of the batch.
    if (flat) {
      const rows = reshape(builder, a, [DYNAMIC, fixed(context, dimsA.at(-1))]);
      const gradients = reshape(builder, dy, [DYNAMIC, fixed(context, dimsB.at(-1))]);
      return gemm(builder, rows, gradients, { transA: true });
    }
    const product = builder.add('MatMul', [transpose(builder, a, lastAxes(dimsA.length)), dy]);
    return unbroadcast(context, product, { from: [...getBatch(context), ...dimsB.slice(-2)], to: b });
  };
  return [needs(0) ? toA() : undefined, needs(1) ? toB() : undefined];
};

/** Sizes of the result before its last two axes. */
function getBatch({ node, getDims }: GradientContext): Dims {
  return getDims(node.outputs[0] ?? '').slice(0, -2);
}

function fixed(context: GradientContext, size = DYNAMIC): number {
  if (size === DYNAMIC) throw createUnsupported(context, 'with a weight whose size varies');
  return size;
}

/** A vector on the left is a row, on the right a column; the result lacks that axis. */
function multiplyVectors(context: GradientContext): (string | undefined)[] {
  const { builder, node, getDims, needs } = context;
  const [dy = ''] = context.outputGradients;
  const [a = '', b = ''] = node.inputs;
  const [rankA, rankB] = [getDims(a).length, getDims(b).length];
  if (Math.max(rankA, rankB) > 2) throw createUnsupported(context, 'of a vector with a batch of matrices');
  const rows = rankA === 1 ? unsqueeze(builder, a, [0]) : a;
  const columns = rankB === 1 ? unsqueeze(builder, b, [1]) : b;
  let full = dy;
  if (rankA === 1) full = unsqueeze(builder, full, [0]);
  if (rankB === 1) full = unsqueeze(builder, full, [1]);
  const toA = () => {
    const product = gemm(builder, full, columns, { transB: true });
    return rankA === 1 ? squeeze(builder, product, [0]) : product;
  };
  const toB = () => {
    const product = gemm(builder, rows, full, { transA: true });
    return rankB === 1 ? squeeze(builder, product, [1]) : product;
  };
  return [needs(0) ? toA() : undefined, needs(1) ? toB() : undefined];
}

/**
 * Two operands, each letter at most once in each: the gradient of one is the same sum over the result and the other one.
 * Letters that only one operand has were summed there alone, and get the same gradient all along.
 */
const einsum: GradientRule = (context) => {
  const { builder, node, needs } = context;
  const [dy = ''] = context.outputGradients;
  const equation = getText(node, 'equation', '').replaceAll(' ', '');
  const [left = '', result] = equation.split('->');
  const terms = left.split(',');
  if (result === undefined || equation.includes('.')) throw createUnsupported(context, `as "${equation}"`);
  if (terms.length > 2 || [...terms, result].some((term) => new Set(term).size < term.length))
    throw createUnsupported(context, `as "${equation}"`);
  const names = node.inputs;
  const toOperand = (index: number) => {
    const own = terms[index] ?? '';
    const other = terms[1 - index];
    const reachable = [...own].filter((letter) => result.includes(letter) || other?.includes(letter)).join('');
    const inputs = other === undefined ? [dy] : [dy, names[1 - index] ?? ''];
    const from = other === undefined ? result : `${result},${other}`;
    const gradient = builder.add('Einsum', inputs, {
      equation: { kind: 'string', value: `${from}->${reachable}` },
    });
    if (reachable === own) return gradient;
    const missing = [...own].flatMap((letter, axis) => (reachable.includes(letter) ? [] : [axis]));
    return expandLike(context, unsqueeze(builder, gradient, missing), names[index] ?? '');
  };
  return names.map((_, index) => (needs(index) ? toOperand(index) : undefined));
};

export const PRODUCT_RULES: RuleTable = { Gemm: gemmRule, MatMul: matMul, Einsum: einsum };
