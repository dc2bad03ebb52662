import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeJpegSlide } from '../support/jpeg-slide.ts';
import { runInProcess } from './run-in-process.ts';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-export-cli-'));
  mkdirSync(join(folder, 'slides'));
  const kind = (col: number, row: number) => (col === 1 && row === 1 ? 'noise' : 'baseline');
  await writeJpegSlide(join(folder, 'slides', 'bad.tif'), { width: 512, height: 512, tile: 256, kind });
  await writeJpegSlide(join(folder, 'slides', 'good.tif'), { width: 300, height: 300, tile: 256 });
  symlinkSync('/etc/hostname', join(folder, 'slides', 'link.tif'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...more: string[]) =>
  runInProcess(['export', join(folder, 'slides'), '--out', join(folder, 'out'), '--workers', '1', ...more]);

it('estimates, writes, says what became of each slide, and is done the second time', async () => {
  const estimate = await run('--dry-run');
  expect(estimate.stdout).toMatch(/^bad: \d+ files, about [\d.]+ MB.*\ngood: 14 files, .*\n\ntogether: \d+ files/);
  expect(existsSync(join(folder, 'out'))).toBe(false);
  const first = await run();
  expect(first.code).toBe(1);
  expect(first.stdout).toMatch(
    /^bad: failed: .*column 1, row 1.*\n {2}hint: --on-bad-tile skip .*\ngood: done, 14 files/,
  );
  expect(first.stdout).toMatch(/1 of 2 slides, [\d.]+ s\nexport {2}.*\/out\n?$/);
  expect(first.stderr).toMatch(/link\.tif: a link leads out of its folder/);
  expect(first.stderr).toMatch(/2\/2 good: done/);
  const second = await run('--on-bad-tile', 'skip', '--json');
  expect(second.code).toBe(0);
  const { rows } = JSON.parse(second.stdout) as { rows: { status: string; state: string; badTiles: unknown[] }[] };
  expect(rows).toMatchObject([
    { status: 'done', state: 'fresh', badTiles: [{ level: 0, col: 1, row: 1 }] },
    { status: 'done', state: 'done' },
  ]);
});

it.each([
  [['--finest-mpp', '0'], /`--finest-mpp`/],
  [['--finest-mpp', '1', '--finest-downsample', '2'], /beside `--finest-mpp` for `--finest-downsample`/],
  [['--quality', '101'], /`--quality`/],
  [['--on-bad-tile', 'white'], /`--on-bad-tile`/],
])('refuses %j', async (more, message) => {
  const { code, stderr } = await run(...more);
  expect(stderr).toMatch(message);
  expect(code).toBe(2);
});
