import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCheckPool, validateSlide } from '../../src/preprocessing/validate-slide.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { parseCsvTable } from '../../src/utils/csv.ts';
import { runBuiltCli, startCli } from '../support/run-cli.ts';
import { describeWithShared, ROOT, sharedPath } from '../support/shared-data.ts';

const SVS = sharedPath('data', 'wsi', 'CMU-1-Small-Region.svs');

// The five tiles were turned into noise by another program, which lists them: these must be found and no others.
describeWithShared('validation of a slide with five corrupt tiles', () => {
  let folder: string;
  let slide: string;
  let corrupt: string[];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'slideloom-validate-'));
    slide = join(folder, 'corrupt.svs');
    const size = ['--width', '12000', '--height', '8000'];
    const script = sharedPath('bench', 'make_slide.py');
    execFileSync('/usr/bin/python3', [script, SVS, slide, ...size, '--unique', '--corrupt', '5'], { stdio: 'pipe' });
    const { tiles } = JSON.parse(readFileSync(`${slide}.corrupt.json`, 'utf8')) as { tiles: [number, number][] };
    corrupt = tiles.sort(([a, b], [c, d]) => b - d || a - c).map(([col, row]) => `0/${col}/${row}`);
    expect(corrupt).toHaveLength(5);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('by worker threads names exactly these, in order, on the screen, as JSON and as CSV', async () => {
    const out = join(folder, 'bad.csv');
    const { code, stdout } = await runBuiltCli(['validate', slide, '--out', out, '--json', '--workers', '2']);
    expect(code).toBe(1);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ schema: 'slideloom/validation/v1', bad: 1, good: 0, complete: true, table: out });
    const [found] = report.slides;
    const keys = found.badTiles.map(({ level, col, row }: Record<string, number>) => `${level}/${col}/${row}`);
    expect(keys).toEqual(corrupt);
    // 47 x 32, 12 x 8 and 3 x 2 tiles.
    expect(found.tiles).toEqual({ total: 1606, chosen: 1606, read: 1606, bad: 5, missing: 0 });
    expect(found.findings).toEqual([]);
    const { rows } = parseCsvTable(readFileSync(out, 'utf8'));
    expect(rows.map(({ level, col, row }) => `${level}/${col}/${row}`)).toEqual(corrupt);
    for (const { slide: id, path, col, row, x, y, width, height, tag } of rows) {
      expect({ id, path, tag, width, height }).toEqual({
        ...{ id: 'corrupt', path: slide, tag: 'codec', width: '256', height: '256' },
      });
      expect([Number(x), Number(y)]).toEqual([Number(col) * 256, Number(row) * 256]);
    }
    const text = await runBuiltCli(['validate', slide, '--quiet']);
    expect(text.code).toBe(1);
    expect(text.stderr).toBe('');
    expect(text.stdout).toMatch(/BAD: 1,606 tiles read, 5 bad, [\d,]+ tiles\/s, [\d.]+ s\n/);
    expect(text.stdout.match(/no start marker/g)).toHaveLength(5);
  });

  it('ends at the signal with what is known: the tiles up to there, none behind them', async () => {
    for (const workers of [1, 2]) {
      const controller = new AbortController();
      const found: string[] = [];
      const validation = await validateSlide(slide, {
        workers,
        compareLevels: false,
        signal: controller.signal,
        onBadTile: ({ level, col, row }) => void found.push(`${level}/${col}/${row}`),
        onProgress: (done) => done >= 1000 && controller.abort(),
      });
      const { complete, tiles, badTiles } = validation;
      expect(complete).toBe(false);
      expect(tiles.read).toBeGreaterThanOrEqual(1000);
      expect(tiles.read).toBeLessThan(1606);
      expect(badTiles.map(({ level, col, row }) => `${level}/${col}/${row}`)).toEqual(found);
      const behind = (name: string) => Number(name.split('/')[2]) * 47 + Number(name.split('/')[1]) >= tiles.read;
      expect(found).toEqual(corrupt.filter((name) => !behind(name)));
    }
  });

  it('says nothing of a slide that was stopped before its first tile', async () => {
    const validation = await validateSlide(slide, { signal: AbortSignal.abort() });
    expect(validation).toMatchObject({ status: 'stopped', complete: false, tiles: { read: 0, bad: 0 } });
  });

  it('takes one pool for several slides, and looks again into a file that was changed', async () => {
    const path = join(folder, 'copy.svs');
    copyFileSync(slide, path);
    await using pool = createCheckPool(2);
    const options = { pool: () => pool, compareLevels: false };
    expect((await validateSlide(path, options)).tiles.bad).toBe(5);
    await using opened = await openSlide(path);
    const layout = await opened.getTileLayout?.(0);
    const bytes = readFileSync(path);
    bytes.fill(0, layout?.offsets[0], (layout?.offsets[0] ?? 0) + 100);
    writeFileSync(path, bytes);
    expect((await validateSlide(path, options)).tiles).toMatchObject({ read: 1606, bad: 6 });
  });

  it('stays within its memory, whatever the slide', async () => {
    const measure = (path: string) => {
      const script = join(ROOT, 'test', 'corrupt', 'validate-files.mjs');
      const out = execFileSync(process.execPath, [script, join(ROOT, 'dist'), path], { encoding: 'utf8' });
      return JSON.parse(out.trim().split('\n').at(-1) ?? '').peakMegabytes as number;
    };
    // Measured 125 to 155 MB, of 12,000 x 8,000 pixels and of 1.7 GB alike: Node, two workers, a tile in each.
    expect(measure(slide)).toBeLessThan(200);
  });
});

describeWithShared('Ctrl-C during a validation', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'slideloom-validate-stop-'));
    for (let i = 0; i < 400; i++) symlinkSync(SVS, join(folder, `slide-${i}.svs`));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(['text', 'json'])('gives what is known so far, as %s, and exit code 130', async (kind) => {
    const out = join(folder, `${kind}.csv`);
    const json = kind === 'json' ? ['--json'] : [];
    const { child, ended } = startCli(['validate', folder, '--out', out, ...json]);
    // A line of progress for each slide that is done.
    await new Promise((resolve) => child.stderr?.once('data', resolve));
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(130);
    expect(stderr).toContain('stopped by SIGINT');
    expect(readFileSync(out, 'utf8')).toBe('slide,path,level,col,row,x,y,width,height,tag,cause\n');
    if (kind === 'text') {
      expect(stdout).toMatch(/400 slides: \d+ good.*; stopped before the end\n/);
      return;
    }
    const report = JSON.parse(stdout);
    expect(report.complete).toBe(false);
    expect(report.slides.length).toBeGreaterThan(0);
    expect(report.slides.length).toBeLessThan(400);
    expect(report.good).toBeGreaterThanOrEqual(report.slides.length - 1);
  });

  it('leaves no file behind when it is killed', async () => {
    const out = join(folder, 'killed.csv');
    const { child, ended } = startCli(['validate', folder, '--out', out]);
    await new Promise((resolve) => child.stderr?.once('data', resolve));
    child.kill('SIGKILL');
    await ended;
    expect(existsSync(out)).toBe(false);
  });
});
