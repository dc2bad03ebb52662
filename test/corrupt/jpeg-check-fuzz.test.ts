import { describe, expect, it } from 'vitest';
import { checkJpegScans } from '../../src/io/codec/check-jpeg.ts';
import { createScanWalker } from '../../src/io/kernels/jpeg-check.ts';
import { createJpegDecoder, parseJpegHeader } from '../../src/io/kernels/jpeg-decode.ts';
import {
  createHuffmanTable,
  type HuffmanTable,
  type JpegScan,
  SCAN_PROBLEM,
  walkJpegScan,
} from '../../src/io/kernels/walk-jpeg-scan.ts';
import { createKernels, type Kernels } from '../../src/io/kernels/wasm-kernels.ts';
import { isSlideloomError } from '../../src/utils/errors.ts';
import { JPEG_FIXTURES, readFixture } from '../golden/jpeg-decode-fixtures.ts';
import { createSeededRandom, type SeededRandom } from '../support/seeded-random.ts';

/** Streams of each kind: SLIDELOOM_FUZZ_STREAMS=100000 for a long run. */
const STREAMS = Number(process.env['SLIDELOOM_FUZZ_STREAMS'] ?? 2500);
const CAP = 2 ** 22;
const GUARD = 64;

const inner = createKernels(CAP);
/** Blocks of `GUARD` bytes behind each allocation. */
const guards = new Set<number>();
const kernels = Object.assign(Object.create(inner) as Kernels, {
  allocate(bytes: number): number {
    const address = inner.allocate(bytes + GUARD);
    inner.bytes(address + bytes, GUARD).fill(0xa5);
    guards.add(address + bytes);
    return address;
  },
  // Looked at before the memory is given back.
  release(mark: number): void {
    for (const guard of guards) {
      if (inner.bytes(guard, GUARD).some((byte) => byte !== 0xa5))
        throw new Error('the kernel wrote beside its memory');
      if (guard >= mark) guards.delete(guard);
    }
    inner.release(mark);
  },
});
const walk = createScanWalker(kernels);

/** What is said of the stream; the same by the kernel and by plain TypeScript. */
function checkBoth(jpeg: Uint8Array, label: string): string {
  const [kernel, plain] = [walk, walkJpegScan].map((walker) => {
    try {
      checkJpegScans(jpeg, walker);
      return 'sound';
    } catch (error) {
      if (isSlideloomError(error, 'codec')) return error.message;
      throw error;
    }
  });
  expect(kernel, label).toBe(plain);
  return plain ?? '';
}

function walkBoth(bytes: Uint8Array, scan: JpegScan, label: string): number {
  const start = Math.min(3, bytes.length);
  const end = walk(bytes, start, scan);
  expect(end, label).toBe(walkJpegScan(bytes, start, scan));
  return end;
}

function mutate(base: Uint8Array, from: number, random: SeededRandom): Uint8Array {
  const bytes = [...base];
  for (let left = random.integer(1, 4); left > 0; left--) {
    const at = random.integer(Math.min(from, bytes.length - 1), bytes.length - 1);
    const noise = Array.from({ length: random.integer(1, 16) }, () => random.integer(0, 255));
    const kind = random.integer(0, 6);
    if (kind <= 1) bytes[at] = (bytes[at] ?? 0) ^ (1 << random.integer(0, 7));
    else if (kind === 2) bytes.splice(at, 2, 0xff, random.integer(0, 255));
    else if (kind === 3) bytes.splice(at, noise.length);
    else if (kind === 4) bytes.splice(at, 0, ...noise);
    else if (kind === 5) bytes.fill(random.uniform() < 0.5 ? 0 : 0xff, at, at + noise.length);
    else if (random.uniform() < 0.3) bytes.splice(at);
  }
  return Uint8Array.from(bytes);
}

describe('the kernel that checks scans says what plain TypeScript says', () => {
  it(`of ${STREAMS} damaged streams, and finds what decoding finds`, { timeout: 60_000 + STREAMS * 20 }, () => {
    const decoder = createJpegDecoder(createKernels(2 ** 24));
    const said = new Map<string, number>();
    let decoded = 0;
    for (let i = 0; i < STREAMS; i++) {
      const random = createSeededRandom(`check ${i}`);
      const base = readFixture(JPEG_FIXTURES[i % JPEG_FIXTURES.length]!.name);
      const { scan } = parseJpegHeader(base);
      const jpeg = mutate(base, random.uniform() < 0.1 ? 2 : scan, random);
      const verdict = checkBoth(jpeg, `stream ${i}`);
      said.set(verdict, (said.get(verdict) ?? 0) + 1);
      if (verdict === 'sound' && isDecoded(jpeg)) decoded++;
    }

    /** What passes the check is decoded without a fault, where decoding gets to its data. */
    function isDecoded(jpeg: Uint8Array): boolean {
      let header: ReturnType<typeof parseJpegHeader>;
      try {
        header = parseJpegHeader(jpeg);
      } catch {
        return false;
      }
      if (header.unsupported !== undefined || header.width * header.height > 2 ** 20) return false;
      try {
        decoder.decode(jpeg, header);
      } catch (error) {
        // A marker other than the end of image behind the last block, which copying refuses by itself.
        expect(String(error)).toMatch(/data are left where a marker must follow/);
      }
      return true;
    }

    expect(decoded).toBeGreaterThan(STREAMS / 50);
    for (const problem of [/not exist/, /end before/, /64 coefficients/, /left over/, /restart marker/])
      expect(
        [...said.keys()].filter((verdict) => problem.test(verdict)),
        String(problem),
      ).not.toHaveLength(0);
  });

  it(`of ${STREAMS} scans of noise by tables of noise`, { timeout: 60_000 + STREAMS * 20 }, () => {
    const seen = new Map<number, number>();
    for (let i = 0; i < STREAMS; i++) {
      const random = createSeededRandom(`noise ${i}`);
      const tables = [0, 1, 2, 3].map((k) => createTable(random, k % 2 === 0));
      const blocks = Array.from({ length: random.integer(1, 10) }, () => [
        2 * random.integer(0, 1),
        1 + 2 * random.integer(0, 1),
      ]);
      const restartInterval = random.uniform() < 0.5 ? 0 : random.integer(1, 5);
      const scan = { tables, blocks: Int32Array.from(blocks.flat()), mcus: random.integer(1, 20), restartInterval };
      const few = random.uniform() < 0.5;
      const bytes = Uint8Array.from({ length: random.integer(0, 600) }, () =>
        few ? random.integer(0, 7) : random.integer(0, 255),
      );
      const end = walkBoth(bytes, scan, `noise ${i}`);
      const kind = Math.min(end, 0);
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
      // As many MCUs as there are bytes for: so scans that end well are met too.
      for (let mcus = 1; mcus < 4; mcus++) walkBoth(bytes, { ...scan, mcus }, `noise ${i}, ${mcus} MCUs`);
    }
    for (const problem of [SCAN_PROBLEM.Code, SCAN_PROBLEM.Short, SCAN_PROBLEM.Block, SCAN_PROBLEM.Extra])
      expect(seen.get(problem), `problem ${problem}`).toBeGreaterThan(0);
  });

  it('of every truncation of small streams, and of fill bytes and stuffing at the end', () => {
    for (const name of ['420 restart 1', '422 restart 3', 'grey restart 5']) {
      const jpeg = readFixture(name);
      for (let length = 4; length <= jpeg.length; length++) checkBoth(jpeg.subarray(0, length), `${name}, ${length}`);
      const end = [...jpeg.subarray(0, -2)];
      expect(checkBoth(Uint8Array.from([...end, 0xff, 0xff, 0xff, 0xd9]), name)).toBe('sound');
      for (const extra of [[0xff, 0], [0xff, 0xff, 0], [0], [0xff, 0, 0xff, 0]])
        expect(checkBoth(Uint8Array.from([...end, ...extra, 0xff, 0xd9]), name)).toMatch(/left over|not hold/);
    }
  });
});

/** A valid prefix code, often with long codes, of symbols that are mostly ones of its class. */
function createTable(random: SeededRandom, dc: boolean): HuffmanTable {
  for (;;) {
    const counts = new Uint8Array(16);
    let room = 1;
    let symbols = 0;
    for (let length = 1; length <= 16; length++) {
      room *= 2;
      // One code is left free at each length: that of ones only.
      const most = Math.min(room - 1, 256 - symbols, length < 5 ? 2 : 12);
      const count = most > 0 && random.uniform() < 0.7 ? random.integer(0, most) : 0;
      counts[length - 1] = count;
      room -= count;
      symbols += count;
    }
    const known = () => (dc ? random.integer(0, 11) : (random.integer(0, 15) << 4) | random.integer(1, 10));
    const strange = () => random.integer(0, 255);
    const list = Uint8Array.from({ length: symbols }, () => (random.uniform() < 0.97 ? known() : strange()));
    if (!dc && symbols > 2) list[random.integer(0, 2)] = 0;
    const table = symbols > 0 ? createHuffmanTable(counts, list) : undefined;
    if (table) return table;
  }
}
