import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PackedEntry, packTiff, type TiffPacker } from '../support/packed-tiff.ts';
import {
  type FileReport,
  MOST_MEGABYTES,
  MOST_MILLISECONDS,
  MOST_WALL_MILLISECONDS,
  readInChild,
} from '../support/read-in-child.ts';

const SIDE = 256;
const TYPE = { ascii: 2, short: 3, long: 4, undefined: 7 } as const;

/** One grey tile, uncompressed, at `tile`; `more` in place of the usual entries. */
function listEntries(tile: number, side: number = SIDE, more: readonly PackedEntry[] = []): PackedEntry[] {
  const usual: PackedEntry[] = [
    [256, TYPE.short, 1, side],
    [257, TYPE.short, 1, side],
    [258, TYPE.short, 1, 8],
    [259, TYPE.short, 1, 1],
    [262, TYPE.short, 1, 1],
    [277, TYPE.short, 1, 1],
    [322, TYPE.short, 1, SIDE],
    [323, TYPE.short, 1, SIDE],
    [324, TYPE.long, 1, tile],
    [325, TYPE.long, 1, SIDE * SIDE],
  ];
  return [...new Map([...usual, ...more].map((entry) => [entry[0], entry])).values()];
}

const pack = (fill: (packer: TiffPacker, tile: number) => void) =>
  packTiff((packer) => fill(packer, packer.add(new Uint8Array(SIDE * SIDE))));

/** `pages` directories with the same description. */
const describeAll = (text: string, pages: number, firstOnly: readonly PackedEntry[] = []) =>
  pack(({ add, addDirectory }, tile) => {
    const description: PackedEntry = [270, TYPE.ascii, text.length, add(text)];
    for (let page = 0; page < pages; page++)
      addDirectory(listEntries(tile, SIDE, [description, ...(page === 0 ? firstOnly : [])]));
  });

const writeOme = (pixels: string, data: string) =>
  `<OME><Image ID="0"><Pixels Type="uint8" SizeX="${SIDE}" SizeY="${SIDE}" SizeZ="1" SizeT="1" ${pixels}>${data}</Pixels></Image></OME>`;

/** What each took before it was looked into: 200 of the Aperio pages 400 MB, SubIFDs of all channels an hour. */
const FILES: readonly (readonly [what: string, outcome: RegExp, build: () => Uint8Array])[] = [
  ['aperio-texts', /^read$/, () => describeAll(`Aperio ${'A'.repeat(2e6)}`, 200)],
  [
    'jpeg-tables',
    /^read$/,
    () =>
      pack(({ add, addDirectory }, tile) => {
        const tables: PackedEntry = [347, TYPE.undefined, 2e6, add(new Uint8Array(2e6))];
        addDirectory(listEntries(tile));
        for (let page = 0; page < 1000; page++)
          addDirectory(listEntries(tile, 200, [[254, TYPE.long, 1, 1], [259, TYPE.short, 1, 7], tables]));
      }),
  ],
  [
    'ventana-texts',
    /^unsupported-format$/,
    () =>
      pack(({ add, addDirectory }, tile) => {
        const scan = '<iScan ScanRes="0.25" Magnification="40"></iScan>';
        const xmp: PackedEntry = [700, TYPE.undefined, scan.length, add(scan)];
        const text: PackedEntry = [270, TYPE.ascii, 4e6, add('A'.repeat(4e6))];
        for (let page = 0; page < 2000; page++) addDirectory(listEntries(tile, SIDE, [text, xmp]));
      }),
  ],
  [
    'qptiff-texts',
    /^unsupported-format$/,
    () =>
      describeAll(
        `<PerkinElmer-QPI-ImageDescription><ImageType>FullResolution</ImageType>${'<a/>'.repeat(30_000)}</PerkinElmer-QPI-ImageDescription>`,
        100,
      ),
  ],
  [
    'ome-order',
    /^unsupported-format$/,
    () =>
      describeAll(
        writeOme(`SizeC="1" DimensionOrder="XY${'C'.repeat(500_000)}"`, '<TiffData IFD="0"/>'.repeat(2000)),
        1,
      ),
  ],
  [
    'ome-blocks',
    /^read$/,
    () =>
      pack(({ add, addDirectory }, tile) => {
        const data = '<TiffData IFD="0" PlaneCount="512"/>'.repeat(20_000);
        const text = writeOme('SizeC="512" DimensionOrder="XYCZT"', data);
        addDirectory(listEntries(tile, SIDE, [[270, TYPE.ascii, text.length, add(text)]]));
        for (let page = 1; page < 512; page++) addDirectory(listEntries(tile));
      }),
  ],
  [
    'ome-sub-directories',
    /^tiff$/,
    () =>
      pack(({ add, addDirectory }, tile) => {
        const channels = Array.from({ length: 200 }, (_, c) => `<TiffData IFD="0" FirstC="${c}"/>`).join('');
        const text = writeOme('SizeC="200" DimensionOrder="XYCZT"', channels);
        const subs = Array.from({ length: 2000 }, () => addDirectory(listEntries(tile, 128), { chained: false }));
        const table: PackedEntry = [330, TYPE.long, subs.length, add(new Uint8Array(Uint32Array.from(subs).buffer))];
        addDirectory(listEntries(tile, SIDE, [[270, TYPE.ascii, text.length, add(text)], table]));
      }),
  ],
  [
    'ome-one-pyramid-for-all',
    /^read$/,
    () =>
      pack(({ add, addDirectory }, tile) => {
        const channels = Array.from({ length: 300 }, (_, c) => `<TiffData IFD="0" FirstC="${c}"/>`).join('');
        const text = writeOme('SizeC="300" DimensionOrder="XYCZT"', channels);
        const subs = Array.from({ length: 60 }, () => addDirectory(listEntries(tile, 128), { chained: false }));
        const table: PackedEntry = [330, TYPE.long, subs.length, add(new Uint8Array(Uint32Array.from(subs).buffer))];
        addDirectory(listEntries(tile, SIDE, [[270, TYPE.ascii, text.length, add(text)], table]));
      }),
  ],
  [
    'leica-regions',
    /^unsupported-format$/,
    () => {
      const dimensions = Array.from({ length: 60 }, () => `<dimension sizeX="${SIDE}" sizeY="${SIDE}" ifd="0"/>`);
      const images = Array.from(
        { length: 250 },
        (_, i) =>
          `<image><view sizeX="9" sizeY="9" offsetX="${i + 1}" offsetY="0"/><pixels>${dimensions.join('')}</pixels></image>`,
      );
      const schema = 'http://www.leica-microsystems.com/scn/2010/10/01';
      return describeAll(
        `<scn xmlns="${schema}"><collection sizeX="9000" sizeY="9000">${images.join('')}</collection></scn>`,
        1,
      );
    },
  ],
  [
    'ndpi-tables',
    /^unsupported-format$/,
    () =>
      pack(({ add, addDirectory }) => {
        const table = Buffer.alloc(65_537);
        table.set([0xff, 0xdb, 0xff, 0xff]);
        const frame = [0xff, 0xc0, 0, 11, 8, 1, 0, 1, 0, 1, 1, 0x11, 0, 0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0];
        const jpeg = Buffer.concat([Buffer.from([0xff, 0xd8]), ...Array(14).fill(table), Buffer.from(frame)]);
        const at = add(jpeg);
        const lens = Buffer.alloc(4);
        lens.writeFloatLE(20);
        for (let page = 0; page < 400; page++) {
          addDirectory([
            ...listEntries(at).filter(([tag]) => tag < 300 && tag !== 259),
            [259, TYPE.short, 1, 7],
            [273, TYPE.long, 1, at],
            [278, TYPE.short, 1, SIDE],
            [279, TYPE.long, 1, jpeg.length],
            [65_420, TYPE.long, 1, 1],
            [65_421, 11, 1, lens.readUInt32LE()],
          ]);
        }
      }),
  ],
  [
    'texts',
    /^read$/,
    () =>
      pack(({ add, addDirectory }, tile) => {
        const at = add('A'.repeat(2e7));
        const tags = [269, 270, 271, 272, 305, 306, 315, 316, 33_432, 34_675];
        addDirectory(
          listEntries(
            tile,
            SIDE,
            tags.map((tag): PackedEntry => [tag, TYPE.ascii, 2e7, at]),
          ),
        );
      }),
  ],
];

describe('small files whose pages all point to the same large bytes', () => {
  let folder = '';
  let reports: FileReport[] = [];
  let grownMegabytes = Number.POSITIVE_INFINITY;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'slideloom-shared-regions-'));
    const paths = FILES.map(([what, , build]) => {
      const path = join(folder, `${what}.tif`);
      writeFileSync(path, build());
      return path;
    });
    ({ reports, grownMegabytes } = readInChild(paths));
  }, 180_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(FILES.map(([what, outcome], index) => ({ what, outcome, index })))('$what', ({ outcome, index }) => {
    const report = reports[index];
    expect(report?.outcome, report?.message).toMatch(outcome);
    expect(report?.cpuMilliseconds).toBeLessThan(MOST_MILLISECONDS);
    expect(report?.milliseconds).toBeLessThan(MOST_WALL_MILLISECONDS);
  });

  it(`take less than ${MOST_MEGABYTES} MB more, all of them in one process`, () => {
    expect(grownMegabytes).toBeLessThan(MOST_MEGABYTES);
  });
});
