import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mutateBytes } from '../support/mutate-bytes.ts';
import {
  type FileReport,
  MOST_MEGABYTES,
  MOST_MILLISECONDS,
  MOST_WALL_MILLISECONDS,
  readInChild,
} from '../support/read-in-child.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';
import { buildDicom, createNoiseFrames, type TinyDicom, type TinyElement } from '../support/tiny-dicom.ts';

/** Damaged copies of each file: SLIDELOOM_FUZZ_FILES=200 for a long run. */
const COPIES = Number(process.env['SLIDELOOM_FUZZ_FILES'] ?? 16);
const LARGE_COPIES = Math.ceil(COPIES / 4);

const wsi = (...parts: string[]) => sharedPath('data', 'wsi', ...parts);
const listFolder = (name: string) => readdirSync(wsi(name)).map((file) => wsi(name, file));

/** Tag, VR and undefined length, or a length, of the pixel data; before it stand the attributes. */
const PIXEL_DATA = [
  [0xe0, 0x7f, 0x10, 0x00, 0x4f],
  [0xe0, 0x7f, 0x10, 0x00],
].map((bytes) => Buffer.from(bytes));

function findHeadEnd(bytes: Buffer): number {
  return Math.max(200, ...PIXEL_DATA.map((mark) => bytes.indexOf(mark) + 64));
}

/** A slide's folder in which one file is damaged; the others are links. @returns the file to open */
function writeCase(folder: string, files: readonly string[], { damaged, seed }: { damaged: string; seed: string }) {
  mkdirSync(folder);
  for (const file of files) {
    const copy = join(folder, basename(file));
    if (file !== damaged) {
      symlinkSync(file, copy);
      continue;
    }
    const bytes = readFileSync(file);
    writeFileSync(copy, mutateBytes(bytes, createSeededRandom(seed), { from: 132, to: findHeadEnd(bytes) }));
  }
  // By its largest file, or that which is damaged.
  return join(folder, basename(files[0] ?? damaged));
}

function checkReports(reports: readonly FileReport[], grownMegabytes: number): void {
  for (const { file, outcome, message, milliseconds, cpuMilliseconds } of reports) {
    expect(outcome, `${file}: ${message}`).toMatch(/^(read|dicom|unsupported-format|short-read|tile|source)$/);
    expect(cpuMilliseconds, file).toBeLessThan(MOST_MILLISECONDS);
    expect(milliseconds, file).toBeLessThan(MOST_WALL_MILLISECONDS);
  }
  expect(grownMegabytes).toBeLessThan(MOST_MEGABYTES);
}

describeWithShared('damaged copies of real DICOM files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slideloom-dicom-files-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are read, or refused with an error of ours, in time and memory', { timeout: 180_000 }, () => {
    const series = ['dicom-CMU-1-Small-Region-jpeg', 'dicom-CMU-1-Small-Region-j2k'].map((name) =>
      listFolder(name).sort((a, b) => readFileSync(b).length - readFileSync(a).length),
    );
    const single = [wsi('camelyon_j2k-lossless.dcm'), ...listFolder('dicom-highdicom')].map((file) => [file]);
    const paths: string[] = [];
    for (const files of [...series, ...single]) {
      for (const damaged of files) {
        const copies = readFileSync(damaged).length > 1e6 ? LARGE_COPIES : COPIES;
        for (let i = 0; i < copies; i++) {
          const seed = `${basename(damaged)} ${i}`;
          paths.push(writeCase(join(folder, String(paths.length)), files, { damaged, seed }));
        }
      }
    }
    const { reports, grownMegabytes } = readInChild(paths);
    checkReports(reports, grownMegabytes);
    // Damage that nobody sees, and all that is seen, would both be a test that does not bite.
    const read = reports.filter(({ outcome }) => outcome === 'read').length;
    expect(read).toBeGreaterThan(reports.length / 20);
    expect(read).toBeLessThan(reports.length);
  });
});

const size = { width: 40, height: 30, tileWidth: 16, tileHeight: 16 };
const noise = createNoiseFrames(size);
const build = (more: Partial<TinyDicom>) => buildDicom({ ...size, frames: noise.frames, ...more });

function packElements(count: number, tagOf: (index: number) => readonly [group: number, element: number]): Buffer {
  const bytes = Buffer.alloc(8 * count);
  for (let i = 0; i < count; i++) {
    const [group, element] = tagOf(i);
    bytes.writeUInt16LE(group, 8 * i);
    bytes.writeUInt16LE(element, 8 * i + 2);
    if (group !== 0xfffe) bytes.write('CS', 8 * i + 4, 'latin1');
  }
  return bytes;
}

const inOpticalPath = (bytes: Uint8Array): readonly TinyElement[] => [[0x00480105, 'SQ', new Uint8Array(bytes)]];

/** An item of a million empty elements, and a million empty items: 0.5 and 1.5 GB as objects. */
function buildManyElements(): Uint8Array {
  const elements = packElements(1e6, (i) => [0x0100 + 2 * Math.floor(i / 65_536), i % 65_536]);
  const item = packElements(1, () => [0xfffe, 0xe000]);
  item.writeUInt32LE(elements.length, 4);
  return build({ elements: inOpticalPath(Buffer.concat([item, elements])) });
}

function buildManyItems(): Uint8Array {
  return build({ elements: inOpticalPath(packElements(1e6, () => [0xfffe, 0xe000])) });
}

function buildDeepSequences(): Uint8Array {
  const level = [0x48, 0, 5, 1, 0x53, 0x51, 0, 0, 255, 255, 255, 255, 0xfe, 0xff, 0, 0xe0, 255, 255, 255, 255];
  const mark = Buffer.from([0xfe, 0xff, 0, 0xe0, 255, 255, 255, 255]);
  const levels = Array.from({ length: 20_000 }, () => Buffer.from(level));
  return build({ elements: inOpticalPath(Buffer.concat([mark, ...levels])) });
}

/** 400,000 empty fragments, and half as many frames. */
function buildManyFragments(): Uint8Array {
  const one = build({
    ...{ syntax: '.4.50', photometric: 'YBR_FULL_422', table: 'none' },
    elements: [[0x00280008, 'IS', '200000']],
  });
  const at = Buffer.from(one).lastIndexOf(Buffer.from([0xe0, 0x7f, 0x10, 0, 0x4f, 0x42])) + 20;
  const fragments = packElements(400_000, () => [0xfffe, 0xe000]);
  return new Uint8Array(Buffer.concat([one.subarray(0, at), fragments, packElements(1, () => [0xfffe, 0xe0dd])]));
}

/** A grid of a thousand cells for each frame: a minute to go through. */
function buildWideGrid(): Uint8Array {
  const columns = 4500;
  const positions = Array.from({ length: 20_000 }, (_, i) => ({
    x: (i % columns) * 16,
    y: Math.floor(i / columns) * 16,
  }));
  return build({
    ...{ width: 16 * columns, height: 16 * columns, samples: 1, organization: 'TILED_SPARSE', positions },
    frames: positions.map(() => new Uint8Array(256)),
  });
}

/** As wide as is read with a handful of frames. */
function buildEmptyGrid(): Uint8Array {
  const positions = noise.frames.map((_, i) => ({ x: i * 16, y: 0 }));
  return build({ width: 16 * 512, height: 16 * 512, organization: 'TILED_SPARSE', positions });
}

describe('DICOM files made to exhaust a reader', () => {
  const cases = {
    'a million elements in an item': buildManyElements,
    'a million items in a sequence': buildManyItems,
    'sequences within sequences': buildDeepSequences,
    'fragments without bytes': buildManyFragments,
    'a grid far larger than its frames': buildWideGrid,
    'the largest grid of few frames': buildEmptyGrid,
  };
  let folder = '';
  let grownMegabytes = Number.POSITIVE_INFINITY;
  const reports = new Map<string, FileReport | undefined>();

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'slideloom-dicom-bombs-'));
    const paths = Object.values(cases).map((create, i) => {
      mkdirSync(join(folder, String(i)));
      const path = join(folder, String(i), 'a.dcm');
      writeFileSync(path, create());
      return path;
    });
    const result = readInChild(paths);
    ({ grownMegabytes } = result);
    Object.keys(cases).forEach((name, i) => {
      reports.set(name, result.reports[i]);
    });
  }, 180_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(Object.keys(cases))('%s', (name) => {
    const report = reports.get(name);
    expect(report?.outcome, report?.message).toBe(name === 'the largest grid of few frames' ? 'read' : 'dicom');
    expect(report?.cpuMilliseconds).toBeLessThan(MOST_MILLISECONDS);
    expect(report?.milliseconds).toBeLessThan(MOST_WALL_MILLISECONDS);
  });

  it(`take less than ${MOST_MEGABYTES} MB more, all of them in one process`, () => {
    expect(grownMegabytes).toBeLessThan(MOST_MEGABYTES);
  });
});
