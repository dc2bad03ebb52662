import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { globSync } from 'tinyglobby';
import { beforeAll, expect, it } from 'vitest';
import { describeWithShared, ROOT, sharedPath } from '../support/shared-data.ts';

interface FileReport {
  readonly file: string;
  readonly milliseconds: number;
  readonly outcome: string;
  readonly message?: string;
}

/** What a file may cost, whatever is in it. */
const MOST_MILLISECONDS = 2000;
const MOST_MEGABYTES = 256;

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
    const script = join(ROOT, 'test', 'corrupt', 'read-files.mjs');
    const child = spawnSync(process.execPath, [script, join(ROOT, 'dist'), ...files], {
      encoding: 'utf8',
      timeout: 110_000,
    });
    expect(child.stderr).toBe('');
    expect(child.status).toBe(0);
    const lines = child.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    ({ peakMegabytes } = lines.pop());
    reports = lines;
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
    for (const { file, milliseconds } of reports) expect(milliseconds, file).toBeLessThan(MOST_MILLISECONDS);
  });

  it(`take less than ${MOST_MEGABYTES} MB, all of them in one process`, () => {
    expect(peakMegabytes).toBeLessThan(MOST_MEGABYTES);
  });
});
