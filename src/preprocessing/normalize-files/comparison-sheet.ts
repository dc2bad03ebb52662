/** The picture a person checks first: pictures before and after, in pairs, with their names. */
import type { Raster } from '../../io/raster.ts';
import { formatLabels, type SheetLabel } from './sheet-labels.ts';

/** Pixels: longest side of a picture, between the two of a pair, between pairs, and of a label. */
const CELL = 192;
const SEAM = 4;
const GAP = 16;
const LABEL = 30;
const COLUMNS = 4;
/** A patch of 50 pixels is shown at three times its size, not more. */
const MOST_ENLARGED = 3;

/** A small picture of RGB. */
export interface SheetPicture extends Raster {
  readonly channels: 3;
}

export interface SheetPair {
  readonly before: SheetPicture;
  readonly after: SheetPicture;
  /** What it is, and what was done to it. */
  readonly name: string;
  readonly note: string;
}

/** A picture file, or pixels, as small as a sheet shows it; alpha is laid over white. @throws what sharp throws */
export async function shrinkForSheet(picture: string | Raster): Promise<SheetPicture> {
  const { sharp } = await import('../../io/codec/sharp.ts');
  const image =
    typeof picture === 'string'
      ? sharp(picture, { ignoreIcc: true }).autoOrient()
      : sharp(picture.data, { raw: { width: picture.width, height: picture.height, channels: picture.channels } });
  const { width, height } = typeof picture === 'string' ? (await image.metadata()).autoOrient : picture;
  const scale = Math.min(MOST_ENLARGED, CELL / Math.max(width, height));
  const size = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  const { data, info } = await image
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .resize({ ...size, fit: 'fill', kernel: scale > 1 ? 'nearest' : 'lanczos3' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: 3, data: new Uint8Array(data) };
}

/** A JPEG with the pairs row by row: before on the left, after on the right. */
export async function createComparisonSheet(pairs: readonly SheetPair[], title: string): Promise<Uint8Array> {
  const { sharp } = await import('../../io/codec/sharp.ts');
  const pairWidth = 2 * CELL + SEAM + GAP;
  const columns = Math.min(COLUMNS, Math.max(1, pairs.length));
  const rows = Math.ceil(pairs.length / columns);
  const rowHeight = CELL + LABEL + GAP;
  const [width, height] = [columns * pairWidth + GAP, LABEL + GAP + rows * rowHeight];
  const labels: SheetLabel[] = [{ x: GAP, y: GAP + 12, width: width - 2 * GAP, lines: [title] }];
  const pictures = pairs.flatMap(({ before, after, name, note }, index) => {
    const x = GAP + (index % columns) * pairWidth;
    const y = LABEL + GAP + Math.floor(index / columns) * rowHeight;
    labels.push({ x, y: y + CELL + 13, width: pairWidth - GAP, lines: [name, note] });
    return [place(before, x, y), place(after, x + CELL + SEAM, y)];
  });
  const sheet = sharp({ create: { width, height, channels: 3, background: '#d8d8d8' } });
  const words = { input: Buffer.from(formatLabels(labels, { width, height })), left: 0, top: 0 };
  return sheet
    .composite([...pictures, words])
    .jpeg({ quality: 90, chromaSubsampling: '4:4:4' })
    .toBuffer();
}

function place({ width, height, data }: SheetPicture, left: number, top: number) {
  return { input: Buffer.from(data), raw: { width, height, channels: 3 as const }, left, top };
}
