import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { fromFile } from 'geotiff';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTiffWriter } from '../../src/io/tiff/writer/tiff-writer.ts';
import { getEncodingFields } from '../../src/preprocessing/convert-slide/encoding.ts';
import { cutTile } from '../../src/preprocessing/convert-slide/kernels/sample-tiles.ts';
import { createTileEncoder } from '../../src/preprocessing/convert-slide/tile-encoder.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { skipLoudly } from '../support/shared-data.ts';
import { createNoise } from '../support/tiny-tiff.ts';

/** A picture in tiles, as the writer and the encoders make it. */
interface Grid {
  readonly width: number;
  readonly height: number;
  readonly size: number;
  readonly samples: 1 | 3;
  readonly type: 'uint8' | 'uint16';
  readonly kind: 'deflate' | 'none';
  readonly format: 'classic' | 'big';
  readonly seed: number;
}

const grids = fc.record<Grid>({
  width: fc.integer({ min: 1, max: 180 }),
  height: fc.integer({ min: 1, max: 180 }),
  size: fc.integer({ min: 1, max: 6 }).map((n) => 16 * n),
  samples: fc.constantFrom(1, 3),
  type: fc.constantFrom('uint8', 'uint16'),
  kind: fc.constantFrom('deflate', 'none'),
  format: fc.constantFrom('classic', 'big'),
  seed: fc.integer({ min: 1, max: 1e6 }),
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-writer-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function paint({ width, height, samples, type, seed }: Grid): Uint8Array | Uint16Array {
  const noise = createNoise(width * height * samples * 2, seed);
  return type === 'uint8' ? noise.slice(0, width * height * samples) : new Uint16Array(noise.slice().buffer);
}

async function write(path: string, grid: Grid): Promise<void> {
  const { width, height, size, samples, type, format } = grid;
  const data = paint(grid);
  const encoder = createTileEncoder({ ...grid, quality: 90 });
  await using writer = await createTiffWriter(path, { format });
  const layout = { kind: 'tiles', width, height, tileWidth: size, tileHeight: size } as const;
  const directory = writer.addDirectory(layout, getEncodingFields(encoder.encoding));
  const columns = Math.ceil(width / size);
  // Backwards: the order of writing is not the order of tiles.
  for (let index = directory.blockCount - 1; index >= 0; index--) {
    const [x, y] = [(index % columns) * size, Math.floor(index / columns) * size];
    const tile = type === 'uint8' ? new Uint8Array(size * size * samples) : new Uint16Array(size * size * samples);
    const shape = { width: Math.min(size, width - x), height: Math.min(size, height - y), samples };
    cutTile({ data, pitch: width * samples, start: (y * width + x) * samples }, shape, { tile, size });
    await directory.write(index, await encoder.encode(tile));
  }
  await writer.finish();
}

describe('tiles of any size', () => {
  it('come back through our reader and through geotiff', { timeout: 60_000 }, async () => {
    let files = 0;
    const check = async (grid: Grid) => {
      const path = join(folder, `${files++}.tif`);
      await write(path, grid);
      const { width, height, samples } = grid;
      const expected = paint(grid);
      await using slide = await openSlide(path);
      for (let channel = 0; channel < samples; channel++) {
        const { data } = await slide.readRegion({ x: 0, y: 0, level: 0, width, height, channel });
        const plane = expected.filter((_, i) => i % samples === channel);
        expect(Buffer.compare(toBytes(data), toBytes(plane))).toBe(0);
      }
      const tiff = await fromFile(path);
      const rasters = await (await tiff.getImage(0)).readRasters({ interleave: true });
      await tiff.close();
      expect(Buffer.compare(toBytes(rasters as unknown as Uint8Array), toBytes(expected))).toBe(0);
    };
    await fc.assert(fc.asyncProperty(grids, check), { numRuns: 40 });
  });

  // Pillow reads no RGB of 16 bits.
  const readable = grids.filter(({ samples, type }) => samples === 1 || type === 'uint8');
  const python = '/usr/bin/python3';
  if (spawnSync(python, ['-c', 'import PIL']).status !== 0) skipLoudly('tiles through Pillow', 'python3-pil');
  else {
    it('come back through Pillow, that is libtiff', async () => {
      const drawn = fc.sample(readable, { numRuns: 24, seed: 5 });
      const names = drawn.map((_, index) => `pillow-${index}.tif`);
      for (const [index, grid] of drawn.entries()) await write(join(folder, names[index]!), grid);
      const script = [
        'import sys, json',
        'from PIL import Image',
        'for name in json.load(sys.stdin): open(name + ".raw", "wb").write(Image.open(name).tobytes())',
      ].join('\n');
      const input = JSON.stringify(names.map((name) => join(folder, name)));
      const { status, stderr } = spawnSync(python, ['-c', script], { input, encoding: 'utf8' });
      expect(stderr).toBe('');
      expect(status).toBe(0);
      for (const [index, grid] of drawn.entries()) {
        const raw = readFileSync(join(folder, `${names[index]}.raw`));
        expect(raw.equals(toBytes(paint(grid))), JSON.stringify(grid)).toBe(true);
      }
    });
  }

  it('a wrong byte would be seen', async () => {
    const [grid] = fc.sample(grids, { numRuns: 1, seed: 1 });
    const path = join(folder, 'damaged.tif');
    await write(path, { ...grid!, kind: 'none', samples: 1, type: 'uint8' });
    const bytes = readFileSync(path);
    bytes[16] = bytes[16]! ^ 255;
    writeFileSync(path, bytes);
    const { width, height } = grid!;
    const expected = paint({ ...grid!, samples: 1, type: 'uint8' });
    await using slide = await openSlide(path);
    // The tile that was written first is the last one: its first pixel lies at the last multiples of the size.
    const { data } = await slide.readRegion({ x: 0, y: 0, level: 0, width, height, channel: 0 });
    expect(Buffer.compare(toBytes(data), toBytes(expected))).not.toBe(0);
  });
});

function toBytes({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
