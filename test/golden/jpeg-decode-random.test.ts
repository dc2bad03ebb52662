import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sharp } from '../../src/io/codec/sharp.ts';
import { parseJpegHeader } from '../../src/io/kernels/jpeg-decode.ts';
import { createSeededRandom, type SeededRandom } from '../support/seeded-random.ts';
import { skipLoudly } from '../support/shared-data.ts';
import {
  createBothDecoders,
  decodeWithSharp,
  findDifference,
  hasPythonOracle,
  runPythonOracle,
} from './jpeg-decode-support.ts';

const { wasm, twin } = createBothDecoders();

async function expectEqual(jpeg: Uint8Array, label: string): Promise<string> {
  const header = parseJpegHeader(jpeg);
  expect(header.unsupported, label).toBeUndefined();
  const decoded = wasm.decode(jpeg, header);
  expect(findDifference(decoded, await decodeWithSharp(jpeg)), `${label}, libjpeg-turbo`).toBe(0);
  expect(findDifference(decoded, twin.decode(jpeg, header)), `${label}, twin`).toBe(0);
  const restart = header.restartInterval > 0 ? ' with restarts' : '';
  return `${header.colour} ${header.across}x${header.down}${restart}`;
}

// Tolerance 0: libjpeg-turbo's defaults define the pixels of a JPEG slide.
describe('random JPEGs, kernel and twin against libjpeg-turbo', () => {
  it('500 written by sharp', { timeout: 120_000 }, async () => {
    const random = createSeededRandom(20_251);
    const kinds = new Set<string>();
    for (let i = 0; i < 500; i++) {
      const { jpeg, label } = await writeWithSharp(random);
      kinds.add(await expectEqual(jpeg, `${i}: ${label}`));
    }
    expect([...kinds].sort()).toEqual(['grey 1x1', 'ycbcr 1x1', 'ycbcr 2x2']);
  });

  it('would see one level in one sample', async () => {
    const { jpeg } = await writeWithSharp(createSeededRandom(1));
    const decoded = wasm.decode(jpeg, parseJpegHeader(jpeg));
    const other = { ...decoded, data: decoded.data.slice() };
    other.data[77] = (other.data[77] ?? 0) ^ 1;
    expect(findDifference(decoded, other)).toBe(1);
  });

  it('every width and height from 1 to 35 at 4:2:0', async () => {
    for (let size = 1; size <= 35; size++) {
      const data = Uint8Array.from({ length: size * 17 * 3 }, (_, i) => (i * 37 + (i % 7) * 91) & 255);
      const options = { quality: 90, chromaSubsampling: '4:2:0' };
      for (const [width, height] of [
        [size, 17],
        [17, size],
      ] as const) {
        const jpeg = await sharp(data, { raw: { width, height, channels: 3 } })
          .jpeg(options)
          .toBuffer();
        await expectEqual(jpeg, `${width} x ${height}`);
      }
    }
  });
});

async function writeWithSharp(random: SeededRandom): Promise<{ jpeg: Buffer; label: string }> {
  const width = random.integer(1, 300);
  const height = random.integer(1, 300);
  const quality = random.integer(5, 100);
  const chromaSubsampling = random.uniform() < 0.5 ? '4:4:4' : '4:2:0';
  const optimiseCoding = random.uniform() < 0.5;
  const grey = random.uniform() < 0.2;
  const noise = [0, 20, 80, 256][random.integer(0, 3)] ?? 0;
  const [fx, fy, fc] = [random.uniform(), random.uniform(), random.uniform() * 6];
  const data = new Uint8ClampedArray(width * height * 3);
  // sin(a + b) from those of a column and of a channel's row: 500 pictures have 34 million samples.
  const columns = Array.from({ length: width }, (_, x) => [Math.sin(x * fx), Math.cos(x * fx)] as const);
  let i = 0;
  for (let y = 0; y < height; y++) {
    const phases = [0, 1, 2].map((c) => [Math.sin(y * fy + c * fc), Math.cos(y * fy + c * fc)] as const);
    for (const [sinX, cosX] of columns)
      for (const [sinY, cosY] of phases)
        data[i++] = 128 + 120 * (sinX * cosY + cosX * sinY) + (noise > 0 ? (random.uniform() - 0.5) * noise : 0);
  }
  const image = sharp(data, { raw: { width, height, channels: 3 } });
  const jpeg = await (grey ? image.toColourspace('b-w') : image)
    .jpeg({ quality, chromaSubsampling, optimiseCoding })
    .toBuffer();
  return { jpeg, label: `${width} x ${height} q${quality} ${grey ? 'grey' : chromaSubsampling} noise ${noise}` };
}

if (!hasPythonOracle) skipLoudly('random JPEGs of Pillow and OpenCV', 'python3-pil, python3-numpy and python3-opencv');
else {
  describe('random JPEGs of Pillow and OpenCV', () => {
    it('500 of Pillow and 250 of OpenCV, with 4:2:2, optimised tables and restart intervals', {
      timeout: 120_000,
    }, async () => {
      await withFolder(async (folder) => {
        runPythonOracle('write', folder, '750', '7');
        const kinds = new Set<string>();
        const names = readdirSync(folder);
        expect(names.length).toBe(750);
        for (const name of names) {
          kinds.add(await expectEqual(readFileSync(join(folder, name)), name));
        }
        expect([...kinds].sort()).toEqual([
          'grey 1x1',
          'grey 1x1 with restarts',
          'ycbcr 1x1',
          'ycbcr 2x1',
          'ycbcr 2x2',
          'ycbcr 2x2 with restarts',
        ]);
      });
    });

    // Pillow's draft mode is libjpeg-turbo's scaled decode.
    it('reduced to 1/2, 1/4 and 1/8', { timeout: 120_000 }, async () => {
      await withFolder((folder) => {
        runPythonOracle('write', folder, '90', '8');
        const listed = JSON.parse(runPythonOracle('draft', folder)) as Draft[];
        expect(listed.length).toBeGreaterThan(200);
        for (const one of listed) expectEqualDraft(folder, one);
      });
    });
  });
}

interface Draft {
  readonly jpeg: string;
  readonly scale: 2 | 4 | 8;
  readonly raw: string;
  readonly width: number;
  readonly height: number;
}

function expectEqualDraft(folder: string, { jpeg, scale, raw, width, height }: Draft): void {
  const bytes = readFileSync(join(folder, jpeg));
  const header = parseJpegHeader(bytes);
  const data = new Uint8Array(readFileSync(join(folder, raw)));
  const { channels } = wasm.getSize(header);
  const label = `${jpeg} ${header.colour} ${header.across}x${header.down}, ${width} x ${height}, 1/${scale}`;
  const decoded = wasm.decode(bytes, header, { scale });
  expect(findDifference(decoded, { width, height, channels, data }), `${label}, libjpeg-turbo`).toBe(0);
  expect(findDifference(decoded, twin.decode(bytes, header, { scale })), `${label}, twin`).toBe(0);
}

async function withFolder(use: (folder: string) => Promise<void> | void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'jpeg-decode-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
