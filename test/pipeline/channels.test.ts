import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runInProcess } from '../cli/run-in-process.ts';
import { hasPythonOracle } from '../golden/jpeg-decode-support.ts';
import { ROOT, skipLoudly } from '../support/shared-data.ts';
import { writeOme } from '../support/tiny-ome.ts';
import { buildTiff, createNoise, type TinyImage } from '../support/tiny-tiff.ts';

const side = 512;
const TILE = 128;

/** Samples of 12 bits that shine in a disc, and glimmer around it. */
function createSignal(seed: number, at: { x: number; y: number }): Uint16Array {
  const noise = createNoise(side * side, seed);
  return Uint16Array.from(noise, (value, i) => {
    const inside = Math.hypot((i % side) - at.x, Math.floor(i / side) - at.y) < 130;
    return inside ? 2000 + 7 * value : value;
  });
}

function createPage(values: Uint16Array): TinyImage {
  const chunks: Uint8Array[] = [];
  for (let top = 0; top < side; top += TILE) {
    for (let left = 0; left < side; left += TILE) {
      const chunk = new Uint16Array(TILE * TILE);
      for (let y = 0; y < TILE; y++) {
        const from = (top + y) * side + left;
        chunk.set(values.subarray(from, from + TILE), y * TILE);
      }
      chunks.push(new Uint8Array(chunk.buffer));
    }
  }
  const size = { width: side, height: side, tileWidth: TILE, tileHeight: TILE };
  return { ...size, samples: 1, bits: 16, photometric: 1, chunks };
}

const signals = [createSignal(1, { x: 180, y: 190 }), createSignal(2, { x: 360, y: 330 })];
const planes = [...signals, createSignal(3, { x: 256, y: 256 }), createSignal(4, { x: 200, y: 300 })];

let folder: string;
let slide: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-channels-'));
  slide = join(folder, 'cells.ome.tif');
  const pixels = { SizeX: side, SizeY: side, SizeC: 2, SizeZ: 2, Type: 'uint16', PhysicalSizeX: 1, PhysicalSizeY: 1 };
  const channels = [{ Name: 'DAPI' }, { Name: 'CD3' }];
  const description = writeOme([{ pixels, channels }]);
  const [first, ...more] = planes.map(createPage);
  writeFileSync(slide, buildTiff([{ ...first!, description }, ...more]).bytes);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(name: string, ...options: string[]) {
  const out = join(folder, name);
  const { code, stdout } = await runInProcess(['run', slide, '--out', out, '--json', ...options]);
  const [row = { id: '' }] = JSON.parse(stdout || '{}').rows ?? [];
  const images = join(out, row.id, 'patches', 'images');
  const list = () => readdirSync(images).map((file) => join(images, file));
  const read = (stage: string) => JSON.parse(readFileSync(join(out, row.id, stage, 'record.json'), 'utf8'));
  return { code, row, out, list, read, stdout };
}

/** Level-0 corner of a patch, from its file's name. */
function getCorner(file: string): { x: number; y: number } {
  const [, x, y] = /_x(\d+)_y(\d+)_/.exec(basename(file)) ?? [];
  return { x: Number(x), y: Number(y) };
}

function cut(values: Uint16Array, { x, y }: { x: number; y: number }, size: number): Uint16Array {
  return Uint16Array.from(
    { length: size * size },
    (_, i) => values[(y + Math.floor(i / size)) * side + x + (i % size)]!,
  );
}

async function readWide(file: string): Promise<Uint16Array> {
  const image = sharp(file);
  const { depth, channels } = await image.metadata();
  expect([depth, channels]).toEqual(['ushort', 1]);
  const raw = await image.toColourspace('grey16').raw({ depth: 'ushort' }).toBuffer();
  return new Uint16Array(new Uint8Array(raw).buffer);
}

const small = ['--size', '64', '--min-area-um2', '0', '--workers', '2'];
const dapi = ['--channel', 'DAPI', '--window', '0:4000'];

describe('runs on one channel', () => {
  it('find its tissue, and cut it in 16 bits: the stored samples', async () => {
    const { code, row, out, list, read } = await run(
      'wide',
      ...small,
      ...dapi,
      '--mpp',
      '1',
      '--patch-mpp',
      '1',
      '--depth',
      '16',
    );
    expect([code, row.error]).toEqual([0, undefined]);
    expect(row.tissue.fraction).toBeCloseTo((Math.PI * 130 ** 2) / side ** 2, 1);
    const files = list();
    expect(files.length).toBeGreaterThan(8);
    for (const file of files) expect(await readWide(file)).toEqual(cut(planes[0]!, getCorner(file), 64));
    const sheet = await sharp(join(out, row.id, 'patches', 'samples.jpg'))
      .greyscale()
      .raw()
      .toBuffer();
    // Of the window, not of 16 bits, in which 3,800 of 65,535 would be all but black.
    expect(sheet.filter((value) => value > 100 && value < 245).length).toBeGreaterThan(1000);
    const shown = { channel: 0, name: 'DAPI', window: [0, 4000] };
    expect(read('patches').options).toMatchObject({ depth: 16, shown });
    expect(read('tissue').options).toMatchObject({ background: 'dark', method: 'otsu', shown });
  });

  it('begin anew where the channel, its window or the plane is another, and only then', async () => {
    const options = [...small, '--mpp', '1', '--patch-mpp', '1'];
    const states: string[] = [];
    for (const more of [
      dapi,
      dapi,
      [...dapi, '--z', '1'],
      [...dapi, '--z', '0'],
      ['--channel', '0'],
      ['--channel', '1'],
    ]) {
      states.push((await run('again', ...options, ...more)).row.state);
    }
    expect(states).toEqual(['fresh', 'done', 'fresh', 'fresh', 'fresh', 'fresh']);
  }, 120_000);

  it('cut another focal plane, and other means where patches are coarser', async () => {
    const options = [...small, ...dapi, '--no-tissue', '--z', '1', '--depth', '16'];
    const { code, list, read } = await run('plane', ...options, '--patch-mpp', '2');
    expect([code, list().length]).toEqual([0, 16]);
    // Planes follow each other as C, then Z.
    const plane = planes[2]!;
    for (const file of list()) {
      const found = await readWide(file);
      const corner = getCorner(file);
      const whole = cut(plane, corner, 128);
      for (const i of [0, 1, 65, 2000, 4095]) {
        const at = 2 * Math.floor(i / 64) * 128 + 2 * (i % 64);
        const sum = whole[at]! + whole[at + 1]! + whole[at + 128]! + whole[at + 129]!;
        expect(found[i]).toBe(Math.floor(sum / 4 + 0.5));
      }
    }
    expect(read('patches').options.plane).toEqual({ z: 1, t: 0 });
  });

  it('put the same bytes into shards', async () => {
    const options = [...small, ...dapi, '--no-tissue', '--patch-mpp', '1', '--depth', '16'];
    const files = await run('files', ...options);
    const shards = await run('shards', ...options, '--container', 'shards');
    expect(shards.row.patches.written).toBe(files.row.patches.written);
    const tar = readFileSync(join(shards.out, shards.row.id, 'patches', 'shards', 'shard-000000.tar'));
    for (const file of files.list().slice(0, 5)) expect(tar.includes(readFileSync(file))).toBe(true);
  });

  it('cut 8-bit patches in the window, of one channel or of all', async () => {
    const options = [...small, '--no-tissue', '--patch-mpp', '1'];
    const alone = await run('alone', ...options, ...dapi);
    const all = await run('all', ...options, '--window', 'DAPI=0:4000,CD3=0:8000');
    const show = (value: number, high: number) => Math.min(255, Math.floor((value * 255) / high + 0.5));
    for (const [index, file] of alone.list().entries()) {
      const [dim, other] = planes.map((plane) => cut(plane, getCorner(file), 64));
      const grey = await sharp(file).raw().toBuffer();
      const colour = await sharp(all.list()[index]!).raw().toBuffer();
      for (const i of [0, 777, 4095]) {
        const red = show(dim![i]!, 4000);
        expect([...grey.subarray(3 * i, 3 * i + 3)]).toEqual([red, red, red]);
        expect([...colour.subarray(3 * i, 3 * i + 3)]).toEqual([red, show(other![i]!, 8000), 0]);
      }
    }
  });

  it.each([
    [['--depth', '16'], /8, unless a channel is chosen/],
    [['--channel', 'CD8'], /a channel of the slide/],
    [['--z', '2'], /from 0 to 1/],
    [['--t', '1'], /from 0 to 0/],
  ])('fail a slide that has no such thing: %j', async (options, message) => {
    const { code, row } = await run(`failed ${options.join('')}`, ...small, ...options);
    expect([code, row.status]).toEqual([1, 'failed']);
    expect(row.error.message).toMatch(message);
    expect(row.error.hint ?? '').toMatch(options[0] === '--channel' ? /0 DAPI, 1 CD3/ : /.*/);
  });

  it.each([
    [['--depth', '16', '--format', 'jpeg'], /8 for all formats but `png`/],
    [['--depth', '12'], /8 or 16/],
    [['--window', '5'], /LOW:HIGH/],
    [['--window', '9:3'], /the lower one first/],
    [['--window', '0:1,2:3'], /once for each channel/],
    [['--channel', 'DAPI', '--method', 'clam', '--background', 'dark'], /on a dark background/],
  ])('are refused before they begin: %j', async (options, message) => {
    const { code, stdout } = await run('refused', ...small, ...options);
    expect(code).toBe(2);
    expect(JSON.parse(stdout).error.message).toMatch(message);
  });
});

if (hasPythonOracle) {
  describe('16-bit patches', () => {
    // Both read what a PNG says: tolerance 0.
    it.each(['pillow', 'opencv'])('are the same samples to %s', async (reader) => {
      const options = [...small, ...dapi, '--no-tissue', '--patch-mpp', '1', '--depth', '16'];
      const { list } = await run('files', ...options);
      const files = list().slice(0, 3);
      const script = join(ROOT, 'test/golden/channel_oracle.py');
      const { stdout } = spawnSync('/usr/bin/python3', [
        script,
        'read',
        reader,
        ...files.flatMap((file) => [file, '0']),
      ]);
      const words = files.map((file) => Buffer.from(cut(planes[0]!, getCorner(file), 64).buffer));
      expect(Buffer.compare(stdout, Buffer.concat(words))).toBe(0);
    });
  });
} else skipLoudly('16-bit patches', 'python3-pil, python3-numpy and python3-opencv');
