import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharp } from '../../src/io/codec/sharp.ts';
import { chooseKillMoments, runBuiltCli, startCli } from '../support/run-cli.ts';
import { ROOT } from '../support/shared-data.ts';
import { buildTiff } from '../support/tiny-tiff.ts';

const SIDE = 20_000;
/** Of the mask whose memory is measured. */
const LARGE_SIDE = 40_000;
/** Wobbly rings on a grid, most of whose tiles have an edge. */
function createGeoJson(): string {
  const features = Array.from({ length: 400 }, (_, k) => {
    const [x, y] = [((k % 20) + 0.5) * (SIDE / 20), (Math.floor(k / 20) + 0.5) * (SIDE / 20)];
    const ring = Array.from({ length: 301 }, (_, i) => {
      const angle = ((i % 300) / 300) * 2 * Math.PI;
      const radius = (SIDE / 42) * (0.8 + 0.2 * Math.sin(9 * angle + k));
      return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
    });
    return { type: 'Feature', geometry: { type: 'Polygon', coordinates: [ring] }, properties: {} };
  });
  return JSON.stringify({ type: 'FeatureCollection', features });
}

// A mask that is killed with SIGKILL leaves nothing under its name, and the same command run again leaves the bytes of an
// undisturbed one and nothing else. Other moments: KILL_MOMENTS=0.31,0.77,...
describe('kill -9 of a mask', () => {
  let folder: string;
  let annotation: string;
  let expected: Buffer;
  let wholeRun: number;
  const args = (out: string) => ['masks', annotation, '--slide-size', `${SIDE},${SIDE}`, '--out', out];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'slideloom-masks-kill-'));
    annotation = join(folder, 'rings.geojson');
    writeFileSync(annotation, createGeoJson());
    const clock = performance.now();
    const { code, stderr } = await runBuiltCli([...args(join(folder, 'reference.tif')), '--quiet']);
    wholeRun = performance.now() - clock;
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expected = readFileSync(join(folder, 'reference.tif'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(chooseKillMoments(2))('at %f of the run', async (moment) => {
    const name = `killed-${moment}.tif`;
    const out = join(folder, name);
    const { child, ended } = startCli([...args(out), '--quiet']);
    await sleep(150 + moment * (wholeRun - 150));
    child.kill('SIGKILL');
    await ended;
    // Either it was done before, or there is no such file.
    if (existsSync(out)) expect(readFileSync(out).equals(expected)).toBe(true);
    const { code, stderr } = await runBuiltCli([...args(out), '--quiet']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(readFileSync(out).equals(expected)).toBe(true);
    expect(
      readdirSync(folder)
        .filter((one) => one.startsWith(name))
        .sort(),
    ).toEqual([name, `${name}.record.json`]);
  });

  it('Ctrl-C ends it soon, with 130 and nothing left', async () => {
    const out = join(folder, 'interrupted.tif');
    const interrupt = async () => {
      for (const file of [out, `${out}.record.json`]) rmSync(file, { force: true });
      const { child, ended } = startCli([...args(out), '--quiet']);
      // The folder that it is made in.
      while (!existsSync(`${out}.partial`) && child.exitCode === null) await sleep(10);
      child.kill('SIGINT');
      return ended;
    };
    let end = await interrupt();
    // Where this process stood still, the other one was done first.
    for (let tries = 1; end.code === 0 && tries < 10; tries++) end = await interrupt();
    expect(end).toMatchObject({ code: 130, signal: null });
    expect(existsSync(out)).toBe(false);
    expect(readdirSync(folder).filter((one) => one.startsWith('interrupted.tif.'))).toEqual([]);
  });

  it('peak memory of a child does not grow with the mask', () => {
    const small = readPeak(LARGE_SIDE / 4);
    const large = readPeak(LARGE_SIDE);
    // 16 times the pixels; the tables of 16 times the tiles are 100 KB.
    expect(large).toBeLessThan(small + 40);
    expect(large).toBeLessThan(200);
  });

  it('nor does that of a full overlay grow with the slide', async () => {
    // One picture in all tiles: what counts is how many there are.
    const pixels = Uint8Array.from({ length: 256 * 256 * 3 }, (_, i) => 120 + ((i * 31) % 97));
    const tile = await sharp(pixels, { raw: { width: 256, height: 256, channels: 3 } })
      .jpeg()
      .toBuffer();
    const read = (side: number) => {
      const slide = join(folder, `slide-${side}.tif`);
      const chunks = new Array<Uint8Array>((side / 256) ** 2).fill(tile);
      const grid = { width: side, height: side, tileWidth: 256, tileHeight: 256, samples: 3 };
      writeFileSync(slide, buildTiff([{ ...grid, chunks, compression: 7, photometric: 6 }]).bytes);
      const overlay = join(folder, `overlay-${side}.tif`);
      return readPeak(side, ['--slide', slide, '--chunk-size', '1024', '--full-overlay', overlay]);
    };
    const small = read(2048);
    const large = read(6144);
    // Decoded, the larger one has 113 MB, and 100 MB more than the smaller one.
    expect(large).toBeLessThan(small + 60);
    expect(large).toBeLessThan(250);
  });

  /** MB, of the built command line. */
  function readPeak(side: number, source = ['--slide-size', `${side},${side}`]): number {
    const main = join(ROOT, 'dist', 'cli', 'main.js');
    const out = join(folder, `peak-${source.length}-${side}.tif`);
    const args = ['node', 'slideloom', 'masks', annotation, ...source, '--out', out, '--quiet'];
    const script = `process.argv = ${JSON.stringify(args)};
      process.on('exit', () => require('node:fs').writeSync(2, require('node:fs').readFileSync('/proc/self/status', 'utf8')));
      import(${JSON.stringify(main)});`;
    const { stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
    expect(existsSync(out)).toBe(true);
    return Number(/VmHWM:\s+(\d+)/.exec(stderr)?.[1]) / 1024;
  }
});
