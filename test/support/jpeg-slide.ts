/** Small tiled slides with JPEG tiles of several kinds, made in the test. */
import { writeFileSync } from 'node:fs';
import { sharp } from '../../src/io/codec/sharp.ts';
import { encodeLzw } from '../../src/io/tiff/writer/encode-lzw.ts';
import { buildTiff, TYPE } from './tiny-tiff.ts';

/** What is stored for a tile: `none` nothing, as in a sparse file; `noise` bytes that are no JPEG. */
export type TileKind = 'baseline' | 'progressive' | 'noise' | 'none';

export interface JpegSlideOptions {
  readonly width: number;
  readonly height: number;
  readonly tile: number;
  readonly kind?: (col: number, row: number) => TileKind;
  /** Compression 5 instead: the same pictures without JPEG. */
  readonly lzw?: boolean;
  /** Embedded colour profile. */
  readonly icc?: Uint8Array;
}

/** Writes it; colours are YCbCr 4:2:0, and what tiles hold beyond the level's edge is black. */
export async function writeJpegSlide(path: string, options: JpegSlideOptions): Promise<void> {
  const { width, height, tile, kind = () => 'baseline', lzw = false, icc } = options;
  const [columns, rows] = [Math.ceil(width / tile), Math.ceil(height / tile)];
  const chunks: (Uint8Array | undefined)[] = [];
  for (let i = 0; i < columns * rows; i++) {
    const at = { col: i % columns, row: Math.floor(i / columns) };
    const pixels = paintTile(at, options);
    chunks.push(lzw ? encodeLzw(pixels) : await encodeTile(pixels, tile, kind(at.col, at.row)));
  }
  const image = { width, height, tileWidth: tile, tileHeight: tile, chunks, samples: 3 };
  const coded = lzw ? { compression: 5, photometric: 2 } : { compression: 7, photometric: 6 };
  const tags = icc ? [{ tag: 34_675, type: TYPE.undefined, values: [...icc] }] : [];
  writeFileSync(path, buildTiff([{ ...image, ...coded, tags }]).bytes);
}

async function encodeTile(data: Uint8Array, tile: number, kind: TileKind): Promise<Uint8Array | undefined> {
  if (kind === 'none') return undefined;
  if (kind === 'noise') return data.subarray(0, 500);
  const raw = { width: tile, height: tile, channels: 3 } as const;
  const settings = { quality: 88, chromaSubsampling: '4:2:0', progressive: kind === 'progressive' };
  return sharp(data, { raw }).jpeg(settings).toBuffer();
}

function paintTile(at: { col: number; row: number }, { width, height, tile }: JpegSlideOptions): Uint8Array {
  const pixels = new Uint8Array(tile * tile * 3);
  for (let i = 0; i < tile * tile; i++) {
    const x = at.col * tile + (i % tile);
    const y = at.row * tile + Math.floor(i / tile);
    if (x >= width || y >= height) continue;
    const wave = 40 * Math.sin(x / 7) * Math.cos(y / 9) + ((x * 31 + y * 17) % 23);
    pixels.set([150 + wave, 110 + 0.7 * wave + 30 * Math.sin((x + y) / 50), 170 - 0.5 * wave], i * 3);
  }
  return pixels;
}
