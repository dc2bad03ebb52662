import { OptionError } from '../../utils/errors.ts';
import { ints } from '../attributes.ts';
import { drawDefault, drawNormal } from './initialize.ts';
import { addLinear, type Rows } from './layers.ts';
import { Network, type NetworkOptions } from './network.ts';
import { addLayerNorm, addTransformerBlock, TRANSFORMER_BEGIN } from './transformer-block.ts';

const COLUMNS = 192;
const BLOCKS = 12;
const HEADS = 3;
/** Side of a token in pixels at 224 px. */
const MOST_PIXELS = 16;
/** 7 x 7: with fewer tokens there is little to attend to. */
const LEAST_TOKENS = 49;

/**
 * The smallest vision transformer (A. Dosovitskiy et al., 2021) in the sizes of DeiT-tiny (H. Touvron et al., 2021), with timm's
 * names of weights and how they begin: 5.7 million weights with 1000 classes at 224 px. Tokens are 16 px wide, or less for
 * small pictures.
 * @throws OptionError for sides that no token size divides
 */
export function createVitTiny(options: NetworkOptions): Uint8Array {
  const network = new Network(options);
  const { rows, tokens } = addTokens(network, options);
  let trunk = rows;
  for (let block = 0; block < BLOCKS; block++)
    trunk = addTransformerBlock(network, trunk, { name: `blocks.${block}`, tokens, heads: HEADS });
  const first = addLayerNorm(network, pickClassToken(network, trunk, tokens), 'norm');
  const head = { name: 'head', columns: options.classes, begin: TRANSFORMER_BEGIN };
  return network.finish(addLinear(network, first, head).value);
}

/** The largest side of a token that divides the picture and leaves enough tokens. */
export function chooseTokenSize({ width, height }: { width: number; height: number }): number {
  for (let size = MOST_PIXELS; size > 1; size--)
    if (width % size === 0 && height % size === 0 && (width / size) * (height / size) >= LEAST_TOKENS) return size;
  throw new OptionError('inputSize', `sides that 2 to ${MOST_PIXELS} px divide`, `${width} x ${height}`, {
    hint: 'take sides such as 48, 64, 96 or 224, or another model',
  });
}

/** The picture cut in squares, one row each after the row of the class token; and where each is. */
function addTokens(network: Network, picture: NetworkOptions): { rows: Rows; tokens: number } {
  const size = chooseTokenSize(picture);
  const count = (picture.width / size) * (picture.height / size);
  const tokens = count + 1;
  const classToken = network.addWeight('cls_token', [1, 1, COLUMNS], drawNormal(1e-6));
  const places = network.addWeight('pos_embed', [1, tokens, COLUMNS], drawNormal(0.02));
  const begin = drawDefault(3 * size * size);
  const weight = network.addWeight('patch_embed.proj.weight', [COLUMNS, 3, size, size], begin);
  const bias = network.addWeight('patch_embed.proj.bias', [COLUMNS], begin);
  const squares = network.add('Conv', [network.input, weight, bias], {
    ...{ name: 'patch_embed.proj', attributes: { kernel_shape: ints([size, size]), strides: ints([size, size]) } },
  });
  const flat = network.add('Reshape', [squares, network.ints([0, COLUMNS, count])]);
  const embedded = network.add('Transpose', [flat], { attributes: { perm: ints([0, 2, 1]) } });
  // Padded with zeros and added, both have the shape of all tokens: no node needs to know the size of the batch.
  const patches = network.add('Pad', [embedded, network.ints([0, 1, 0, 0, 0, 0])]);
  const start = network.add('Pad', [classToken, network.ints([0, 0, 0, 0, count, 0])]);
  const placed = network.add('Add', [patches, network.add('Add', [places, start])]);
  return { rows: { value: network.add('Reshape', [placed, network.ints([-1, COLUMNS])]), columns: COLUMNS }, tokens };
}

/** The first row of each picture: what the others told the class token. */
function pickClassToken(network: Network, { value, columns }: Rows, tokens: number): Rows {
  const pictures = network.add('Reshape', [value, network.ints([-1, tokens, columns])]);
  const first = network.add('Slice', [pictures, ...[[0], [1], [1]].map((bound) => network.ints(bound))]);
  return { value: network.add('Reshape', [first, network.ints([-1, columns])]), columns };
}
