import { beforeAll, describe, expect, it } from 'vitest';
import { sharp } from '../../src/io/codec/sharp.ts';
import {
  createJpegDecoder,
  type JpegHeader,
  type JpegScale,
  parseJpegHeader,
} from '../../src/io/kernels/jpeg-decode.ts';
import { createKernels, type Kernels } from '../../src/io/kernels/wasm-kernels.ts';
import { isSlideloomError } from '../../src/utils/errors.ts';
import { JPEG_FIXTURES, readFixture } from '../golden/jpeg-decode-fixtures.ts';
import { createSeededRandom, type SeededRandom } from '../support/seeded-random.ts';

/** Streams to damage: SLIDELOOM_FUZZ_STREAMS=20000 for a long run. */
const STREAMS = Number(process.env['SLIDELOOM_FUZZ_STREAMS'] ?? 1500);
const CAP = 2 ** 24;
/** A decode takes microseconds; its steps are bounded by the units of the frame and by the bits there are. */
const MAX_MILLISECONDS = 2000;
/** Pixels up to which the twin, which holds whole planes, is asked too. */
const TWIN_PIXELS = 2 ** 18;

const kernels = guard(createKernels(CAP));
const wasm = createJpegDecoder(kernels.guarded);
const twin = createJpegDecoder();
const bases: Uint8Array[] = [];

beforeAll(async () => {
  bases.push(...JPEG_FIXTURES.map(({ name }) => readFixture(name)));
  const random = createSeededRandom('fuzz');
  for (const [width, height] of [
    [96, 80],
    [31, 47],
    [8, 8],
  ] as const) {
    const data = Uint8Array.from(
      { length: width * height * 3 },
      (_, i) => 128 + 90 * Math.sin(i / 29) + random.integer(0, 36),
    );
    const image = sharp(data, { raw: { width, height, channels: 3 } });
    for (const chromaSubsampling of ['4:2:0', '4:4:4']) {
      for (const optimiseCoding of [false, true]) {
        bases.push(await image.clone().jpeg({ quality: 85, chromaSubsampling, optimiseCoding }).toBuffer());
      }
    }
    bases.push(await image.clone().toColourspace('b-w').jpeg().toBuffer());
  }
});

describe('damaged JPEG streams give pixels or a codec error, the same from kernel and twin', () => {
  it(`${STREAMS} seeded mutations`, { timeout: 60_000 + STREAMS * 20 }, () => {
    const counts = { pixels: 0, error: 0, refused: 0 };
    let size = 0;
    for (let i = 0; i < STREAMS; i++) {
      const random = createSeededRandom(`stream ${i}`);
      const base = bases[i % bases.length] ?? new Uint8Array();
      const scale = ([1, 1, 1, 2, 4, 8] as const)[random.integer(0, 5)] ?? 1;
      counts[decodeBoth(mutate(base, random), scale, `mutation ${i}`)]++;
      if (i === Math.floor(STREAMS / 2)) size = kernels.guarded.memory.buffer.byteLength;
    }
    expect(kernels.guarded.memory.buffer.byteLength, 'memory does not grow').toBe(size);
    expect(size).toBeLessThanOrEqual(CAP);
    // The mutations must reach the decoder and must do harm.
    expect(counts.pixels).toBeGreaterThan(STREAMS / 50);
    expect(counts.error).toBeGreaterThan(STREAMS / 4);
  });

  it('every truncation of small streams', () => {
    for (const name of ['420 restart 1', '422 restart 3', 'grey restart 5']) {
      const jpeg = readFixture(name);
      for (let length = 0; length < jpeg.length - 3; length++) {
        expect(decodeBoth(jpeg.subarray(0, length), 1, `${name} cut at ${length}`)).toBe('error');
      }
    }
  });

  it('a frame of 65,535 x 65,535 with nothing behind it', () => {
    for (const name of ['420 plain', 'grey restart 5']) {
      const jpeg = Uint8Array.from(readFixture(name));
      const frame = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xc0);
      jpeg.fill(0xff, frame + 5, frame + 9);
      expect(decodeBoth(jpeg, 1, name)).toBe('error');
    }
  });
});

/** What became of the stream; any other throw, a difference, a broken guard or a slow decode fails the test. */
function decodeBoth(jpeg: Uint8Array, scale: JpegScale, label: string): 'pixels' | 'error' | 'refused' {
  const header = attempt(() => parseJpegHeader(jpeg));
  if (typeof header === 'string') return 'error';
  if (header.unsupported !== undefined) return 'refused';
  const options = { scale, ...chooseCrop(header) };
  const start = performance.now();
  const decoded = attempt(() => wasm.decode(jpeg, header, options));
  expect(performance.now() - start, label).toBeLessThan(MAX_MILLISECONDS);
  kernels.check(label);
  if (header.width * header.height <= TWIN_PIXELS) {
    const other = attempt(() => twin.decode(jpeg, header, options));
    if (typeof decoded === 'string' || typeof other === 'string') expect(other, label).toBe(decoded);
    else expect(Buffer.compare(decoded.data, other.data), label).toBe(0);
  }
  return typeof decoded === 'string' ? 'error' : 'pixels';
}

/** Of images that damage made huge, one pixel. */
function chooseCrop({ width, height }: JpegHeader) {
  return width * height > TWIN_PIXELS ? { crop: { x: 0, y: 0, width: 1, height: 1 } } : {};
}

function attempt<T>(run: () => T): T | string {
  try {
    return run();
  } catch (error) {
    if (isSlideloomError(error, 'codec')) return error.message;
    throw error;
  }
}

function mutate(base: Uint8Array, random: SeededRandom): Uint8Array {
  let bytes = Uint8Array.from(base);
  // Mostly in the entropy-coded data, sometimes in the headers.
  const { scan } = parseJpegHeader(base);
  const place = () => random.integer(random.uniform() < 0.2 ? 2 : Math.min(scan, bytes.length - 1), bytes.length - 1);
  for (let left = random.integer(1, random.uniform() < 0.7 ? 2 : 12); left > 0 && bytes.length > 4; left--) {
    const at = place();
    const kind = random.integer(0, 7);
    if (kind <= 1) bytes[at] = (bytes[at] ?? 0) ^ (1 << random.integer(0, 7));
    else if (kind === 2) bytes[at] = random.integer(0, 255);
    else if (kind === 3) bytes.set([0xff, random.integer(0, 255)].slice(0, bytes.length - at), at);
    else if (kind === 4) bytes = splice(bytes, at, { remove: random.integer(1, 24), insert: 0, random });
    else if (kind === 5) bytes = splice(bytes, at, { remove: 0, insert: random.integer(1, 24), random });
    else if (kind === 6) bytes.fill(random.uniform() < 0.5 ? 0 : 0xff, at, at + random.integer(1, 64));
    else bytes = bytes.slice(0, random.uniform() < 0.3 ? at : bytes.length);
  }
  return bytes;
}

function splice(
  bytes: Uint8Array,
  at: number,
  { remove, insert, random }: { remove: number; insert: number; random: SeededRandom },
): Uint8Array<ArrayBuffer> {
  const inserted = Uint8Array.from({ length: insert }, () => random.integer(0, 255));
  return Uint8Array.from([...bytes.subarray(0, at), ...inserted, ...bytes.subarray(at + remove)]);
}

/** Kernels whose every allocation lies between guard bytes; `check` looks at those that were made since the last time. */
function guard(inner: Kernels): { guarded: Kernels; check(label: string): void } {
  const GUARD = 256;
  let zones: number[] = [];
  const guarded = Object.assign(Object.create(inner) as Kernels, {
    allocate(bytes: number): number {
      const address = inner.allocate(bytes + 2 * GUARD);
      const own = [address, address + GUARD + bytes];
      for (const zone of own) inner.bytes(zone, GUARD).fill(0xa5);
      zones.push(...own);
      return address + GUARD;
    },
  });
  const clean = new Uint8Array(GUARD).fill(0xa5);
  return {
    guarded,
    check(label) {
      for (const zone of zones) {
        if (Buffer.compare(inner.bytes(zone, GUARD), clean) !== 0) throw new Error(`${label}: wrote beside its memory`);
      }
      zones = zones.filter((zone) => zone < inner.mark());
    },
  };
}
