import { float, int, ints } from '../attributes.ts';
import { drawNormal, fillWith } from './initialize.ts';
import { addLinear, type Begin, type Rows } from './layers.ts';
import type { Network } from './network.ts';

/** Epsilon of the layer normalisations of vision transformers; torch's own is 1e-5. */
const EPSILON = 1e-6;
const MLP_RATIO = 4;

/**
 * How timm begins the linear layers of a vision transformer: weights normal with a deviation of 0.02, biases 0. (timm cuts the
 * normal off at -2 and 2, a hundred deviations away, which no draw reaches.)
 */
export const TRANSFORMER_BEGIN: Begin = { weight: drawNormal(0.02), bias: fillWith(0) };

export interface TransformerBlock {
  readonly name: string;
  readonly tokens: number;
  readonly heads: number;
}

/**
 * A block of a vision transformer that normalises first, with timm's names of weights. Tokens of all pictures are rows, so that
 * each linear layer is one product of matrices.
 */
export function addTransformerBlock(network: Network, input: Rows, block: TransformerBlock): Rows {
  const { columns } = input;
  const attended = addAttention(network, addLayerNorm(network, input, `${block.name}.norm1`), block);
  const middle = { value: network.add('Add', [input.value, attended.value]), columns };
  const normal = addLayerNorm(network, middle, `${block.name}.norm2`);
  const wide = { name: `${block.name}.mlp.fc1`, columns: columns * MLP_RATIO, begin: TRANSFORMER_BEGIN };
  const active = addGelu(network, addLinear(network, normal, wide));
  const narrow = { name: `${block.name}.mlp.fc2`, columns, begin: TRANSFORMER_BEGIN };
  const result = addLinear(network, active, narrow);
  return { value: network.add('Add', [middle.value, result.value]), columns };
}

export function addLayerNorm(network: Network, { value, columns }: Rows, name: string): Rows {
  const weight = network.addWeight(`${name}.weight`, [columns], fillWith(1));
  const bias = network.addWeight(`${name}.bias`, [columns], fillWith(0));
  const attributes = { axis: int(-1), epsilon: float(EPSILON) };
  return { value: network.add('LayerNormalization', [value, weight, bias], { name, attributes }), columns };
}

/** Attention of all tokens of a picture to all, softmax(q k^T / sqrt(columns / heads)) v in each head. */
function addAttention(network: Network, input: Rows, { name, tokens, heads }: TransformerBlock): Rows {
  const { columns } = input;
  const size = columns / heads;
  const all = addLinear(network, input, { name: `${name}.attn.qkv`, columns: 3 * columns, begin: TRANSFORMER_BEGIN });
  const [q = '', k = '', v = ''] = network.addMany('Split', [all.value], { outputs: 3, attributes: { axis: int(1) } });
  const queries = network.add('Mul', [q, network.scalar(1 / Math.sqrt(size))]);
  const scores = network.add('MatMul', [toHeads(queries, [0, 2, 1, 3]), toHeads(k, [0, 2, 3, 1])]);
  const shares = network.add('Softmax', [scores], { attributes: { axis: int(-1) } });
  const mixed = network.add('MatMul', [shares, toHeads(v, [0, 2, 1, 3])]);
  const back = network.add('Transpose', [mixed], { attributes: { perm: ints([0, 2, 1, 3]) } });
  const rows = { value: network.add('Reshape', [back, network.ints([-1, columns])]), columns };
  return addLinear(network, rows, { name: `${name}.attn.proj`, columns, begin: TRANSFORMER_BEGIN });

  /** Rows as [batch, tokens, heads, size], transposed. */
  function toHeads(value: string, perm: readonly number[]): string {
    const shape = network.ints([-1, tokens, heads, size]);
    return network.add('Transpose', [network.add('Reshape', [value, shape])], { attributes: { perm: ints(perm) } });
  }
}

/** x (1 + erf(x / sqrt 2)) / 2 (D. Hendrycks & K. Gimpel, 2016). */
function addGelu(network: Network, { value, columns }: Rows): Rows {
  const erf = network.add('Erf', [network.add('Mul', [value, network.scalar(Math.SQRT1_2)])]);
  const gate = network.add('Mul', [network.add('Add', [erf, network.scalar(1)]), network.scalar(0.5)]);
  return { value: network.add('Mul', [value, gate]), columns };
}
