import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runBuiltCli } from '../support/run-cli.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';

// The five tiles were turned into noise by another program, which lists them: the run must name these and no others.
describeWithShared('a slide with five corrupt tiles', () => {
  let folder: string;
  let slide: string;
  let corrupt: string[];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'slideloom-bad-'));
    slide = join(folder, 'corrupt.svs');
    const source = sharedPath('data', 'wsi', 'CMU-1-Small-Region.svs');
    const size = ['--width', '4096', '--height', '3072'];
    const script = sharedPath('bench', 'make_slide.py');
    execFileSync('/usr/bin/python3', [script, source, slide, ...size, '--unique', '--corrupt', '5'], { stdio: 'pipe' });
    const { tiles } = JSON.parse(readFileSync(`${slide}.corrupt.json`, 'utf8')) as { tiles: [number, number][] };
    corrupt = tiles.map(([col, row]) => `0/${col}/${row}`).sort();
    expect(corrupt).toHaveLength(5);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function run(policy: string) {
    const out = join(folder, policy);
    const options = ['--size', '256', '--patch-mpp', '0.25', '--format', 'jpeg', '--on-bad-tile', policy];
    const result = await runBuiltCli(['run', slide, '--out', out, ...options, '--json']);
    const record = JSON.parse(readFileSync(join(out, 'corrupt', 'patches', 'record.json'), 'utf8'));
    const keys = (tiles: { level: number; col: number; row: number }[]) =>
      tiles.map(({ level, col, row }) => `${level}/${col}/${row}`).sort();
    return { ...result, out, row: JSON.parse(result.stdout).rows[0], record, badTiles: keys(record.badTiles) };
  }

  it('is finished under skip: exactly these tiles are listed, their patches are left out', async () => {
    const { code, row, record, badTiles, out, stderr } = await run('skip');
    expect(code).toBe(0);
    expect(stderr.match(/5 bad tiles/g)).toHaveLength(1);
    expect(badTiles).toEqual(corrupt);
    expect(row.badTiles).toHaveLength(5);
    expect(record.counts).toMatchObject({ skipped: 5, whitened: 0 });
    const skipped = readFileSync(join(out, 'corrupt', 'patches', 'skipped.csv'), 'utf8')
      .trim()
      .split('\n');
    // Patches lie on the tiles here, so a patch left out names its tile.
    const corners = skipped.slice(1).map((line) => line.split(',').slice(1, 3).map(Number));
    expect(corners.map(([x = 0, y = 0]) => `0/${x / 256}/${y / 256}`).sort()).toEqual(corrupt);
  });

  it('is finished under white: the same tiles, their patches are written and marked', async () => {
    const { code, record, badTiles, out } = await run('white');
    expect(code).toBe(0);
    expect(badTiles).toEqual(corrupt);
    expect(record.counts).toMatchObject({ skipped: 0, whitened: 5 });
    const rows = readFileSync(join(out, 'corrupt', 'patches', 'patches.csv'), 'utf8')
      .trim()
      .split('\n')
      .slice(1);
    expect(rows.filter((line) => line.split(',')[7] === '1')).toHaveLength(5);
  });

  it('fails under fail: exit code 1, and the message names slide, level and tile', async () => {
    const { code, row } = await run('fail');
    expect(code).toBe(1);
    expect(row.status).toBe('failed');
    expect(row.error.tag).toBe('tile');
    const found = /corrupt\.svs: level 0, tile column (\d+), row (\d+)/.exec(row.error.message);
    expect(corrupt).toContain(`0/${found?.[1]}/${found?.[2]}`);
  });
});
