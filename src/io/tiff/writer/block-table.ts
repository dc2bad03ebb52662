import { OptionError } from '../../../utils/errors.ts';
import { checkInteger } from '../../../utils/options.ts';
import type { TiffField } from './tiff-field.ts';

/** How an image is cut into blocks. Pixels; tile sides are multiples of 16, as TIFF asks. */
export type BlockLayout =
  | {
      readonly kind: 'tiles';
      readonly width: number;
      readonly height: number;
      readonly tileWidth: number;
      readonly tileHeight: number;
    }
  | { readonly kind: 'strips'; readonly width: number; readonly height: number; readonly rowsPerStrip: number };

/** Positions and lengths of an image's blocks: 12 bytes a block. */
export interface BlockTable {
  readonly count: number;
  /** @throws RangeError for an index that is not one of the layout, or a block of no bytes */
  set(index: number, block: { offset: number; length: number }): void;
  /** Index of the first block without bytes, or -1. */
  findMissing(): number;
  /** Size of the image, its layout, and where its blocks lie. */
  getFields(): TiffField[];
}

/** @throws OptionError for sizes that TIFF does not allow */
export function createBlockTable(layout: BlockLayout): BlockTable {
  const { width, height } = checkLayout(layout);
  const count =
    layout.kind === 'tiles'
      ? Math.ceil(width / layout.tileWidth) * Math.ceil(height / layout.tileHeight)
      : Math.ceil(height / layout.rowsPerStrip);
  const offsets = new Float64Array(count);
  const lengths = new Uint32Array(count);
  return {
    count,
    set: (index, block) => {
      if (!(index >= 0 && index < count))
        throw new RangeError(`block ${index} is not one of the ${count} of the image`);
      if (block.length < 1) throw new RangeError(`block ${index} has no bytes`);
      offsets[index] = block.offset;
      lengths[index] = block.length;
    },
    findMissing: () => lengths.indexOf(0),
    getFields: () => [
      { tag: 256, type: 'long', value: [width] },
      { tag: 257, type: 'long', value: [height] },
      ...getBlockFields(layout, offsets, lengths),
    ],
  };
}

function getBlockFields(layout: BlockLayout, offsets: Float64Array, lengths: Uint32Array): TiffField[] {
  if (layout.kind === 'strips') {
    return [
      { tag: 273, type: 'offset', value: offsets },
      { tag: 278, type: 'long', value: [layout.rowsPerStrip] },
      { tag: 279, type: 'long', value: lengths },
    ];
  }
  return [
    { tag: 322, type: 'long', value: [layout.tileWidth] },
    { tag: 323, type: 'long', value: [layout.tileHeight] },
    { tag: 324, type: 'offset', value: offsets },
    { tag: 325, type: 'long', value: lengths },
  ];
}

function checkLayout(layout: BlockLayout): BlockLayout {
  checkInteger('width', layout.width, { min: 1, max: 2 ** 31 });
  checkInteger('height', layout.height, { min: 1, max: 2 ** 31 });
  if (layout.kind === 'strips') {
    checkInteger('rowsPerStrip', layout.rowsPerStrip, { min: 1, max: 2 ** 31 });
    return layout;
  }
  for (const side of ['tileWidth', 'tileHeight'] as const) {
    checkInteger(side, layout[side], { min: 16, max: 65_536 });
    if (layout[side] % 16 !== 0) throw new OptionError(side, 'a multiple of 16', layout[side]);
  }
  return layout;
}
