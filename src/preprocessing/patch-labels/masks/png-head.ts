import type { ByteSource } from '../../../io/source/byte-source.ts';
import { CodecError, MaskError } from '../../../utils/errors.ts';

/** Chunks before the pixels, and bytes of a text. */
const MAX_CHUNKS = 1024;
const MAX_TEXT = 2 ** 20;

export interface PngHead {
  readonly width: number;
  readonly height: number;
  /** 1, 2, 4, 8 or 16. */
  readonly bits: number;
  /** Text "Description". */
  readonly description: string | undefined;
  /** Pixels per centimetre. */
  readonly resolution: { readonly x: number; readonly y: number; readonly unit: 3 } | undefined;
  /** Where the first chunk of pixels begins. */
  readonly pixelsAt: number;
}

/** @throws MaskError for a PNG of colours, CodecError for a damaged one */
export async function readPngHead(source: ByteSource): Promise<PngHead> {
  let header: Buffer | undefined;
  let resolution: PngHead['resolution'];
  let description: string | undefined;
  for (let at = 8, count = 0; ; count++) {
    if (count > MAX_CHUNKS) throw new CodecError('png', `more than ${MAX_CHUNKS} chunks before the pixels`);
    const { length, type } = await readChunkHead(source, at);
    if (type === 'IDAT') return { ...readHeader(header, source.name), description, resolution, pixelsAt: at };
    if (type === 'IEND') throw new CodecError('png', 'no pixels');
    const read = async () => Buffer.from(await source.read(at + 8, length));
    if (type === 'IHDR' && length === 13) header = await read();
    if (type === 'pHYs' && length === 9) resolution = readDensity(await read());
    if (type === 'tEXt' && length <= MAX_TEXT) {
      const [key, text] = (await read()).toString('latin1').split('\0');
      if (key === 'Description') description ??= text;
    }
    at += 12 + length;
  }
}

export async function readChunkHead(source: ByteSource, at: number): Promise<{ length: number; type: string }> {
  const head = Buffer.from(await source.read(at, 8));
  return { length: head.readUInt32BE(0), type: head.toString('latin1', 4, 8) };
}

function readHeader(header: Buffer | undefined, name: string): Pick<PngHead, 'width' | 'height' | 'bits'> {
  if (!header) throw new CodecError('png', 'no header');
  const width = header.readUInt32BE(0);
  const height = header.readUInt32BE(4);
  const [bits = 0, color = 0, , , interlace = 0] = header.subarray(8);
  const hint = 'labels are whole numbers of one channel, stored without loss';
  if (color !== 0 && color !== 3)
    throw new MaskError(name, 'a PNG of colours or with alpha is no mask of labels', { hint });
  if (interlace !== 0)
    throw new MaskError(name, 'an interlaced PNG is not read as a mask', { hint: 'write it without' });
  const sound = width > 0 && height > 0 && Math.max(width, height) < 2 ** 31 && [1, 2, 4, 8, 16].includes(bits);
  if (!sound) throw new CodecError('png', `${width} x ${height} pixels of ${bits} bits`);
  return { width, height, bits };
}

function readDensity(chunk: Buffer): PngHead['resolution'] {
  if (chunk[8] !== 1) return undefined;
  return { x: chunk.readUInt32BE(0) / 100, y: chunk.readUInt32BE(4) / 100, unit: 3 };
}
