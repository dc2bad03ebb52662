import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { CodecError } from '../../utils/errors.ts';
import type { ByteSource } from '../source/byte-source.ts';
import { PHOTOMETRIC } from '../tiff/tags.ts';
import { readExif } from './exif.ts';
import type { ImageFacts } from './image-facts.ts';

const inflateAsync = promisify(inflate);

/** Chunks before the pixels. */
const MAX_CHUNKS = 1024;
/** Bytes of a colour profile or EXIF block. */
const MAX_METADATA = 4 * 2 ** 20;

/** Headers of a PNG up to its pixels: IHDR, pHYs, iCCP, eXIf (PNG 3rd edition). */
export async function readPngFacts(source: ByteSource): Promise<ImageFacts> {
  const chunks = new Map<string, Uint8Array>();
  let at = 8;
  for (let count = 0; ; count++) {
    if (count >= MAX_CHUNKS) throw new CodecError('png', `more than ${MAX_CHUNKS} chunks before the pixels`);
    const head = Buffer.from(await source.read(at, 8));
    const length = head.readUInt32BE(0);
    const type = head.toString('latin1', 4);
    if (type === 'IDAT' || type === 'IEND') break;
    const wanted = type === 'IHDR' || type === 'pHYs' || type === 'iCCP' || type === 'eXIf';
    if (wanted && length <= MAX_METADATA && !chunks.has(type)) chunks.set(type, await source.read(at + 8, length));
    at += 12 + length;
  }
  const header = chunks.get('IHDR');
  if (!header || header.length < 13) throw new CodecError('png', 'no header');
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const colorType = view.getUint8(9);
  const grey = colorType === 0 || colorType === 4;
  const { orientation, resolution } = await readExif(chunks.get('eXIf'));
  return {
    kind: 'png',
    width: view.getUint32(0),
    height: view.getUint32(4),
    channels: grey ? 1 : 3,
    // A palette has 8 bits a colour, whatever its indices have.
    bitDepth: colorType === 3 ? 8 : view.getUint8(8),
    photometric: grey ? PHOTOMETRIC.BlackIsZero : PHOTOMETRIC.Rgb,
    orientation,
    resolution: readDensity(chunks.get('pHYs')) ?? resolution,
    iccProfile: await readProfile(chunks.get('iCCP')),
    unsupported: undefined,
  };
}

/** Pixels per metre, where the unit is the metre. */
function readDensity(chunk: Uint8Array | undefined): ImageFacts['resolution'] {
  if (!chunk || chunk.length < 9 || chunk[8] !== 1) return undefined;
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  return { x: view.getUint32(0) / 100, y: view.getUint32(4) / 100, unit: 3 };
}

/** A name, a zero, the method, and a zlib stream. A damaged one is none. */
async function readProfile(chunk: Uint8Array | undefined): Promise<Uint8Array | undefined> {
  const end = chunk?.indexOf(0) ?? -1;
  if (!chunk || end < 0) return undefined;
  const bytes = await inflateAsync(chunk.subarray(end + 2), { maxOutputLength: MAX_METADATA }).catch(() => undefined);
  return bytes && new Uint8Array(bytes);
}
