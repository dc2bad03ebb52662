import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadTiffCodec } from '../../src/io/codec/codecs.ts';
import { decodeJpegLs } from '../../src/io/codec/jpeg-ls.ts';
import { decodeRle } from '../../src/io/codec/rle.ts';
import type { TileCodec, TileParameters } from '../../src/io/codec/tile-codec.ts';
import { expandZstd } from '../../src/io/kernels/expand-zstd.ts';
import { ROOT } from '../support/shared-data.ts';

/** A stream of a reference library and the samples that it holds, 16-bit ones little endian. */
export interface StoredStream {
  readonly name: string;
  readonly stream: Uint8Array;
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly samples: number;
  readonly bits: number;
}

interface JsonStream extends Omit<StoredStream, 'name' | 'stream' | 'pixels'> {
  readonly stream: string;
  readonly pixels: string;
}

const FILE = join(ROOT, 'test/golden/tile-codecs-fixtures.json');
const stored: Readonly<Record<string, JsonStream>> = JSON.parse(readFileSync(FILE, 'utf8'));

/** All streams, by what `tile_codecs_fixtures.py` calls them. */
export const STREAMS: readonly StoredStream[] = Object.entries(stored).map(([name, facts]) => ({
  ...facts,
  name,
  stream: decodeBase64(facts.stream),
  pixels: decodeBase64(facts.pixels),
}));

export function findStream(name: string): StoredStream {
  const found = STREAMS.find((one) => one.name === name);
  if (!found) throw new Error(`no stream "${name}"`);
  return found;
}

/** A stream of more zeros than are worth storing. */
export const LONG_RUN = { name: 'zstd same', length: 300_000, value: 7 };

function decodeBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}

/** As a TIFF would describe a tile of it. */
export function describeTile(stream: StoredStream, change: Partial<TileParameters> = {}): TileParameters {
  const { width, height, samples, bits } = stream;
  return {
    ...{ width, height, fullHeight: height, samples, predictor: 1, extraSample: 0, jpegTables: undefined },
    bitsPerSample: bits > 8 ? 16 : 8,
    photometric: samples >= 3 ? 2 : 1,
    ...change,
  };
}

export async function requireCodec(compression: number): Promise<TileCodec> {
  const codec = await loadTiffCodec(compression);
  if (!codec) throw new Error(`no codec for compression ${compression}`);
  return codec;
}

/** Decodes bytes, sound or not, as the stream that `base` is; pixels as shown for codecs of tiles, else samples. */
export async function decodeAs(base: StoredStream, bytes: Uint8Array): Promise<Uint8Array> {
  const { name, width, height, samples, bits, pixels } = base;
  if (name.startsWith('zstd')) {
    const out = new Uint8Array(name === LONG_RUN.name ? LONG_RUN.length : pixels.length);
    return out.subarray(0, expandZstd(bytes, out));
  }
  const frame = { width, height, samples, bytesPerSample: bits > 8 ? 2 : 1 } as const;
  if (name.startsWith('rle')) return decodeRle(bytes, frame);
  if (name.startsWith('jls')) return decodeJpegLs(bytes, frame);
  const codec = await requireCodec(name.startsWith('webp') ? 50_001 : 34_712);
  return (await codec.decode(bytes, describeTile(base))).data;
}

/** libtiff's rule for 16-bit colour. */
export function narrow(samples: Uint8Array, bits = 16): Uint8Array {
  const view = new DataView(samples.buffer, samples.byteOffset, samples.byteLength);
  return Uint8Array.from({ length: samples.length / 2 }, (_, i) => {
    const wide = Math.round((view.getUint16(2 * i, true) * 65_535) / (2 ** bits - 1));
    return Math.floor((wide + 128) / 257);
  });
}

/** Largest difference of two rows of samples; infinite where one is longer. */
export function getDifference(a: Uint8Array | Uint16Array, b: Uint8Array | Uint16Array): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs((a[i] ?? 0) - (b[i] ?? 0)));
  return most;
}

/** RGB of the pictures in `streams`, decoded by Pillow (libopenjp2, libwebp) in one process. */
export function decodeWithPillow(streams: readonly Uint8Array[]): Uint8Array[] {
  const script = [
    'import io, struct, sys',
    'from PIL import Image',
    'data = sys.stdin.buffer',
    'while (head := data.read(4)):',
    '    image = Image.open(io.BytesIO(data.read(struct.unpack("<I", head)[0]))).convert("RGB").tobytes()',
    '    sys.stdout.buffer.write(struct.pack("<I", len(image)) + image)',
  ].join('\n');
  const input = Buffer.concat(streams.flatMap((bytes) => [sizeOf(bytes), bytes]));
  const { status, stdout, stderr } = spawnSync('/usr/bin/python3', ['-c', script], { input, maxBuffer: 2 ** 30 });
  if (status !== 0) throw new Error(`Pillow failed: ${stderr}`);
  const pictures: Uint8Array[] = [];
  for (let at = 0; at < stdout.length; ) {
    const size = stdout.readUInt32LE(at);
    pictures.push(new Uint8Array(stdout.subarray(at + 4, at + 4 + size)));
    at += 4 + size;
  }
  return pictures;
}

function sizeOf(bytes: Uint8Array): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(bytes.length);
  return size;
}
