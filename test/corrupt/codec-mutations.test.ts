import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharp } from '../../src/io/codec/sharp.ts';
import { findStream } from '../golden/tile-codecs-support.ts';
import { packRle } from '../support/pack-rle.ts';
import { ROOT, sharedPath } from '../support/shared-data.ts';
import { buildDicom, type TinyDicom } from '../support/tiny-dicom.ts';
import { buildTiff, createNoise } from '../support/tiny-tiff.ts';

/** Slides to damage, of each family: SLIDELOOM_FUZZ_FILES=20000 for a long run. */
const COUNT = Number(process.env['SLIDELOOM_FUZZ_FILES'] ?? 400);
/** What a file may cost, whatever is in it. */
const MOST_MILLISECONDS = 2000;
const MOST_MEGABYTES = 256;

interface Report {
  readonly outcomes: Readonly<Record<string, number>>;
  readonly slowest: { readonly milliseconds: number };
  readonly crashes: readonly unknown[];
  readonly unsound: readonly unknown[];
  readonly peakMegabytes: number;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-mutations-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Tile {
  readonly width: number;
  readonly height: number;
  readonly samples: 1 | 3;
  readonly bits: number;
}

/** Two by two tiles of one stream. */
function writeTiff(name: string, stream: Uint8Array, { compression, ...tile }: Tile & { compression: number }): string {
  const { width, height, samples, bits } = tile;
  const image = {
    ...{ width: 2 * width, height: 2 * height, tileWidth: width, tileHeight: height, samples, compression },
    ...{ bits: bits > 8 ? 16 : 8, photometric: samples === 3 ? 2 : 1, chunks: [stream, stream, stream, stream] },
  };
  return write(`${name}.tif`, buildTiff([image]).bytes);
}

function writeDicom(name: string, frame: Uint8Array, { syntax, ...tile }: Tile & { syntax: string }): string {
  const { width, height, samples, bits } = tile;
  const image: TinyDicom = {
    ...{ width: 2 * width, height: 2 * height, tileWidth: width, tileHeight: height, samples, syntax },
    ...{ bits: bits > 8 ? 16 : 8, bitsStored: bits, photometric: samples === 3 ? 'RGB' : 'MONOCHROME2' },
    frames: [frame, frame, frame, frame],
  };
  return write(`${name}.dcm`, buildDicom(image));
}

function write(name: string, bytes: Uint8Array): string {
  const path = join(folder, name.replaceAll(/[^\w.]/g, '-'));
  writeFileSync(path, bytes);
  return path;
}

/** By the reference libraries, small; see tile_codecs_fixtures.py. */
const small = (name: string) => {
  const { stream, width, height, samples, bits } = findStream(name);
  return [name, stream, { width, height, samples: samples === 1 ? 1 : 3, bits }] as const;
};

/** Real frames of 240 x 240, where the shared data are. */
function readFrame(name: string): Uint8Array | undefined {
  const path = sharedPath('data', 'wsi', 'codec-frames', name);
  return existsSync(path) ? new Uint8Array(readFileSync(path)) : undefined;
}

const large = { width: 240, height: 240, samples: 3, bits: 8 } as const;

function listJpeg2000(): string[] {
  const names = ['plain', 'mixed', 'grey', 'grey 12', 'grey 16', 'lossy', '420', '422'].map((name) => `j2k ${name}`);
  const tiffs = [...names, 'jp2'].map((name) => {
    const [label, stream, tile] = small(name);
    return writeTiff(label, stream, { ...tile, compression: 34_712 });
  });
  const [, stream, tile] = small('j2k tiles');
  const dicom = writeDicom('j2k tiles', stream, { ...tile, syntax: '.4.90' });
  const frame = readFrame('JPEG_2000_Image_Compression-RGB-8.jp2');
  return [...tiffs, dicom, ...(frame ? [writeTiff('j2k large', frame, { ...large, compression: 34_712 })] : [])];
}

function listJpegLs(): string[] {
  const dicoms = ['planes', 'lines', 'pixels', 'grey', 'grey 16', 'grey 12'].map((name) => {
    const [label, stream, tile] = small(`jls ${name}`);
    return writeDicom(label, stream, { ...tile, syntax: '.4.80' });
  });
  const frame = readFrame('JPEG-LS_Lossless_Image_Compression-RGB-8.jls');
  return [...dicoms, ...(frame ? [writeDicom('jls large', frame, { ...large, syntax: '.4.80' })] : [])];
}

async function listWebp(): Promise<string[]> {
  const raw = { width: 240, height: 240, channels: 3 } as const;
  const picture = () => sharp(createNoise(240 * 240 * 3), { raw }).blur(2);
  const streams = [
    await picture().webp({ quality: 80 }).toBuffer(),
    await picture().webp({ lossless: true }).toBuffer(),
  ];
  const made = streams.map((stream, i) => writeTiff(`webp large ${i}`, stream, { ...large, compression: 50_001 }));
  const [lossy, lossless] = [small('webp lossy'), small('webp lossless')].map(([name, stream, tile]) =>
    writeTiff(name, stream, { ...tile, compression: 50_001 }),
  );
  return [...made, lossy ?? '', lossless ?? ''];
}

function listRle(): string[] {
  return ([1, 3] as const).flatMap((samples) =>
    [16, 240].map((side) => {
      const tile = { width: side, height: side, samples, bits: 8 };
      return writeDicom(`rle ${samples} ${side}`, packRle(side, side, samples), { ...tile, syntax: '.5' });
    }),
  );
}

describe.each<[string, () => string[] | Promise<string[]>]>([
  ['JPEG 2000', listJpeg2000],
  ['JPEG-LS', listJpegLs],
  ['WebP', listWebp],
  ['RLE', listRle],
])('slides of damaged %s', (name, list) => {
  it(
    `give pixels or a typed error, soon and in bounds: ${COUNT} of them in one process`,
    async () => {
      const script = join(ROOT, 'test', 'corrupt', 'read-mutations.mjs');
      const files = await list();
      const child = spawnSync(process.execPath, [script, join(ROOT, 'dist'), String(COUNT), name, ...files], {
        encoding: 'utf8',
        timeout: 50_000 + COUNT * 200,
      });
      expect(child.stderr).toBe('');
      expect([child.status, child.signal]).toEqual([0, null]);
      const report = JSON.parse(child.stdout) as Report;
      expect(report.crashes).toEqual([]);
      expect(report.unsound).toEqual([]);
      expect(report.slowest.milliseconds, JSON.stringify(report.slowest)).toBeLessThan(MOST_MILLISECONDS);
      expect(report.peakMegabytes).toBeLessThan(MOST_MEGABYTES);
      // The damage is seen, by the codec most of all; some of it gives other pixels, and no program can tell.
      expect(report.outcomes['tile'] ?? 0).toBeGreaterThan(COUNT / 10);
      expect(report.outcomes['pixels'] ?? 0).toBeGreaterThan(COUNT / 20);
    },
    60_000 + COUNT * 250,
  );
});
