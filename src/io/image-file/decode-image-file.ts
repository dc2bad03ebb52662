import { endianness } from 'node:os';
import { CodecError } from '../../utils/errors.ts';
import { narrowSamples } from '../kernels/narrow-samples.ts';
import { orientPixels } from '../kernels/orient-pixels.ts';
import { layOverWhite } from '../kernels/samples.ts';
import type { Raster } from '../raster.ts';
import type { SampleBlock } from '../sample-raster.ts';
import type { ImageFacts } from './image-facts.ts';

/**
 * Decodes a whole image file to grey or RGB of 8 bits, turned as its EXIF orientation says. 16-bit samples go
 * to the nearest of 256 levels as those of a TIFF, alpha is laid over white, a colour profile is not applied. JPEG goes the way of JPEG tiles, with their check for
 * damage.
 * @throws CodecError
 */
export async function decodeImageFile(bytes: Uint8Array, facts: ImageFacts): Promise<Raster> {
  const raster = facts.kind === 'jpeg' ? await decodeJpeg(bytes, facts) : await decodeWithSharp(bytes, facts);
  return orientPixels(raster, facts.orientation);
}

async function decodeJpeg(bytes: Uint8Array, facts: ImageFacts): Promise<Raster> {
  const { jpegCodec } = await import('../codec/jpeg.ts');
  const { width, height, channels, bitDepth, photometric } = facts;
  return jpegCodec.decode(bytes, {
    ...{ width, height, fullHeight: height, samples: channels, bitsPerSample: bitDepth },
    ...{ photometric, predictor: 1, extraSample: 0, jpegTables: undefined },
  });
}

/** Samples of 16 bits as they are stored, with alpha where there is one, not turned. @throws CodecError */
export async function decodeWideSamples(bytes: Uint8Array, facts: ImageFacts): Promise<SampleBlock> {
  const { width, height } = facts;
  const { stored, samples } = await readWithSharp(bytes, facts);
  // Copied: a typed array of words wants an even address.
  const own = new Uint8Array(stored);
  return { width, height, samples, type: 'uint16', data: new Uint16Array(own.buffer) };
}

async function decodeWithSharp(bytes: Uint8Array, facts: ImageFacts): Promise<Raster> {
  const { width, height, channels } = facts;
  const { stored, samples } = await readWithSharp(bytes, facts);
  const pixels = facts.bitDepth === 16 ? narrow(stored, height) : stored;
  if (samples === channels) return { width, height, channels, data: pixels };
  const flat = new Uint8Array(width * height * channels);
  layOverWhite(pixels, flat, { channels, premultiplied: false });
  return { width, height, channels, data: flat };
}

/** Interleaved samples in this machine's order of bytes. */
async function readWithSharp(bytes: Uint8Array, facts: ImageFacts): Promise<{ stored: Uint8Array; samples: number }> {
  const { kind, width, height, channels } = facts;
  const { sharp } = await import('../codec/sharp.ts');
  const wide = facts.bitDepth === 16;
  const image = sharp(bytes, { failOn: 'warning', limitInputPixels: width * height, ignoreIcc: true });
  const decoded = await image
    .toColourspace(channels === 1 ? (wide ? 'grey16' : 'b-w') : wide ? 'rgb16' : 'srgb')
    .raw({ depth: wide ? 'ushort' : 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => {
      throw new CodecError(kind, explain(cause), { cause });
    });
  const { data, info } = decoded;
  const expected = info.channels === channels || info.channels === channels + 1;
  if (info.width !== width || info.height !== height || !expected)
    throw new CodecError(kind, `decoded as ${info.width} x ${info.height} with ${info.channels} samples`);
  // Plain views: a Buffer's slice() shares memory, and receivers of a raster take it for a copy.
  const stored = new Uint8Array(data.buffer, data.byteOffset, data.length);
  return { stored, samples: info.channels };
}

/** Samples that sharp decoded, in this machine's order of bytes. */
function narrow(stored: Uint8Array, rows: number): Uint8Array {
  const out = new Uint8Array(stored.length / 2);
  const littleEndian = endianness() === 'LE';
  narrowSamples(stored, out, { rows, pitch: out.length / rows, samples: 1, littleEndian, differences: false });
  return out;
}

function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0]?.trim() || 'the file can not be decoded';
}
