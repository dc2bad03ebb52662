import { globSync } from 'tinyglobby';
import { beforeAll, expect, it } from 'vitest';
import { type FileReport, MOST_MEGABYTES, MOST_MILLISECONDS, readInChild } from '../support/read-in-child.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';

/** Files that are in order as far as they go: layouts that are read, and grey JPEG with any orientation. */
const SOUND = [
  'BigTIFF.tif',
  'BigTIFFLong.tif',
  'BigTIFFMotorola.tif',
  'tiled-jpeg-rgb-u8.tif',
  'tiled-jpeg-ycbcr.tif',
  'tiled-rect-rgb-u8.tif',
  'tiled-rgb-u8.tif',
  'grey10kx5k.tif',
  ...Array.from({ length: 9 }, (_, i) => `test_orient${i}.tif`),
];

describeWithShared('files that crash, hang or exhaust other readers', () => {
  const root = sharedPath('data', 'tiff-robustness');
  const files = globSync('**/*.{tif,tiff}', { cwd: root, absolute: true }).sort();
  let reports: FileReport[] = [];
  let peakMegabytes = Number.POSITIVE_INFINITY;

  beforeAll(() => {
    ({ reports, peakMegabytes } = readInChild(files));
  });

  it('are all there, and all looked at', () => {
    expect(files.length).toBeGreaterThan(90);
    expect(reports.map(({ file }) => file)).toEqual(files);
  });

  it('are read, or refused with a typed error that names the file', () => {
    for (const { file, outcome, message } of reports) {
      expect(outcome, `${file}: ${message}`).toMatch(/^(read|tiff|unsupported-format|tile)$/);
      if (outcome !== 'read') expect(message).toContain(file);
    }
  });

  it('are read where they are sound', () => {
    const read = reports.filter(({ outcome }) => outcome === 'read').map(({ file }) => file.split('/').at(-1));
    expect(read).toEqual(expect.arrayContaining(SOUND));
  });

  it(`take less than ${MOST_MILLISECONDS} ms each`, () => {
    for (const { file, milliseconds } of reports) {
      expect(milliseconds, file).toBeLessThan(MOST_MILLISECONDS);
    }
  });

  it(`take less than ${MOST_MEGABYTES} MB, all of them in one process`, () => {
    expect(peakMegabytes).toBeLessThan(MOST_MEGABYTES);
  });
});
