import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSyntheticSlide } from '../../src/slide/synthetic-slide.ts';
import { chooseKillMoments, runBuiltCli, startCli } from '../support/run-cli.ts';

// A conversion that is killed with SIGKILL leaves nothing under the output's name, and the same command run again leaves the
// bytes of an undisturbed one and nothing else. Other moments: KILL_MOMENTS=0.31,0.77,...
describe('kill -9 of a conversion', () => {
  let folder: string;
  let slide: string;
  let expected: Buffer;
  let wholeRun: number;
  const args = (out: string) => ['convert', slide, '--out', out, '--no-copy', '--levels', 'pyramid', '--quiet'];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'slideloom-convert-kill-'));
    slide = join(folder, 'slide.svs');
    await createSyntheticSlide(slide, { width: 4096, height: 3072, seed: 4 });
    const clock = performance.now();
    const { code, stderr } = await runBuiltCli(args(join(folder, 'reference.tif')));
    wholeRun = performance.now() - clock;
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expected = readFileSync(join(folder, 'reference.tif'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(chooseKillMoments(3))('at %f of the run', async (moment) => {
    const name = `killed-${moment}.tif`;
    const out = join(folder, name);
    const { child, ended } = startCli(args(out));
    await sleep(150 + moment * (wholeRun - 150));
    child.kill('SIGKILL');
    await ended;
    // Either it was done before, or there is no such file.
    if (existsSync(out)) expect(readFileSync(out).equals(expected)).toBe(true);
    const { code, stderr } = await runBuiltCli([...args(out), '--overwrite']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(readFileSync(out).equals(expected)).toBe(true);
    expect(readdirSync(folder).filter((one) => one.startsWith(name))).toEqual([name]);
  });

  it('two at once: the second one is told that the first is at work', async () => {
    const out = join(folder, 'twice.tif');
    const runs = await Promise.all([runBuiltCli(args(out)), runBuiltCli(args(out))]);
    expect(runs.map(({ code }) => code).sort()).toEqual([0, 1]);
    expect(runs.map(({ stdout }) => stdout).join()).toMatch(/in use by process|is there already/);
    expect(readFileSync(out).equals(expected)).toBe(true);
  });
});
