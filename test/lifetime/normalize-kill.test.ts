import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharp } from '../../src/io/codec/sharp.ts';
import { chooseKillMoments, runBuiltCli, startCli } from '../support/run-cli.ts';
import { createSeededRandom } from '../support/seeded-random.ts';

const COUNT = 24;
const SIDE = 400;

// A run over a folder that is killed with SIGKILL, and the same command run again, leave the bytes of an undisturbed run and
// nothing else.
describe('kill -9 of normalize', () => {
  let folder: string;
  let wholeRun: number;
  const args = (out: string) => [
    'normalize',
    join(folder, 'in'),
    '--out',
    join(folder, out),
    '--sheet',
    'none',
    '--quiet',
  ];
  const read = (out: string) => {
    const names = readdirSync(join(folder, out), { recursive: true, encoding: 'utf8' }).sort();
    const files = names.filter((name) => name.includes('.'));
    return files.map((name) => [name, readFileSync(join(folder, out, name)).toString('latin1')]);
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'slideloom-normalize-kill-'));
    mkdirSync(join(folder, 'in', 'deep'), { recursive: true });
    const random = createSeededRandom(5);
    for (let k = 0; k < COUNT; k++) {
      // Two stains, each between none and full.
      const data = new Uint8Array(SIDE * SIDE * 3);
      for (let i = 0; i < SIDE * SIDE; i++) {
        const [h, e] = [random.integer(0, 150) / 100, random.integer(0, 100) / 100];
        for (let c = 0; c < 3; c++)
          data[i * 3 + c] = 240 * Math.exp(-h * [0.65, 0.7, 0.29][c]! - e * [0.21, 0.85, 0.4][c]!);
      }
      const image = sharp(data, { raw: { width: SIDE, height: SIDE, channels: 3 } });
      await image.png().toFile(join(folder, 'in', k % 2 === 0 ? 'deep' : '.', `${k}.png`));
    }
    const clock = performance.now();
    const { code, stderr } = await runBuiltCli(args('reference'));
    wholeRun = performance.now() - clock;
    expect(stderr).toBe('');
    expect(code).toBe(0);
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(chooseKillMoments(2))('at %f of the run', async (moment) => {
    const out = `killed-${moment}`;
    const { child, ended } = startCli(args(out));
    await sleep(200 + moment * (wholeRun - 200));
    child.kill('SIGKILL');
    await ended;
    const expected = read('reference');
    // Pictures that are there are whole.
    const whole = new Map(expected.map(([name, bytes]) => [name, bytes]));
    if (existsSync(join(folder, out)))
      for (const [name, bytes] of read(out))
        if (name?.endsWith('.png') && !name.includes('.slideloom-tmp')) expect(bytes).toBe(whole.get(name));
    const { code, stderr } = await runBuiltCli(args(out));
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(read(out)).toEqual(expected);
  });
});
