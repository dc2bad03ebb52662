import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ROOT } from '../../support/shared-data.ts';

type RunBench = (argv: string[], where: { folder: string; print: (text: string) => void }) => Promise<number>;
interface Row {
  figure: string;
  value: number;
  unit: string;
  target: string | null;
  met: boolean | null;
  detail: string;
}
type Runs = Record<string, { n: number; wall_s: number; cpu_s: number; peak_mb: number }[]>;

const lib = (name: string) => import(pathToFileURL(join(ROOT, 'scripts/bench/lib', name)).href);
const folder = mkdtempSync(join(tmpdir(), 'slideloom-benches-'));
const child = join(folder, 'child.cjs');
const said: string[] = [];
let runBench: RunBench;

/** Writes a bench whose `run` has this body; `row` and `alternate` are at hand. */
function addBench(name: string, body: string): void {
  const from = (file: string) => JSON.stringify(pathToFileURL(join(ROOT, 'scripts/bench/lib', file)).href);
  const head = `import { row } from ${from('rows.mjs')};\nimport { alternate } from ${from('alternate.mjs')};\n`;
  const meta = `export const name = '${name}';\nexport const describe = 'about ${name}';\n`;
  writeFileSync(join(folder, `${name}.mjs`), `${head}${meta}export async function run(ctx) { ${body} }\n`);
}

async function bench(...argv: string[]): Promise<number> {
  said.length = 0;
  return runBench(argv, { folder, print: (text) => said.push(text) });
}

beforeAll(async () => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  ({ runBench } = (await lib('run-bench.mjs')) as { runBench: RunBench });
  writeFileSync(child, 'console.log("noise"); console.log(process.argv[2]);');
  addBench('plain', `return [row('a', 1.5, { unit: 's' })];`);
  addBench('good', `return [row('a', 2, { unit: 'x', atLeast: 2 }), row('b', 3, { unit: 'MB', atMost: 3 })];`);
  addBench('bad', `return [row('a', 1.99, { unit: 'x', atLeast: 2 })];`);
  addBench('nan', `return [row('a', NaN, { unit: 'x', atLeast: 2 })];`);
  addBench(
    'folder',
    `const { writeFileSync } = await import('node:fs');
    writeFileSync(ctx.tmp + '/big', 'x');
    writeFileSync(${JSON.stringify(join(folder, 'where.txt'))}, ctx.tmp);
    return [row('rounds', ctx.rounds, { unit: '' })];`,
  );
});

afterAll(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

describe('bench runner', () => {
  it.each([
    ['plain', 0],
    ['good', 0],
    ['bad', 1],
    ['nan', 3],
  ])('%s ends with %i', async (name, code) => {
    expect(await bench(name)).toBe(code);
  });

  it.each([
    [[]],
    [['gone']],
    [['plain', '--gone']],
    [['plain', '--rounds', '0']],
    [['plain', '--rounds', 'x']],
    [['plain', 'x']],
  ])('%j is a usage error', async (argv) => {
    expect(await bench(...argv)).toBe(2);
  });

  it('lists the benches', async () => {
    expect(await bench('--list')).toBe(0);
    expect(said).toContainEqual(expect.stringMatching(/^plain +about plain$/));
  });

  it('writes bench/v1, also when a target was missed', async () => {
    const file = join(folder, 'out.json');
    expect(await bench('bad', '--json', file)).toBe(1);
    const written = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    expect(Object.keys(written)).toEqual(['schema', 'name', 'machine', 'versions', 'rows']);
    expect(written).toMatchObject({
      schema: 'bench/v1',
      name: 'bad',
      versions: { node: process.versions.node },
      rows: [{ figure: 'a', value: 1.99, unit: 'x', target: '>= 2', met: false, detail: '' }],
    });
  });

  it('gives a bench its rounds and a folder, and removes the folder', async () => {
    await bench('folder', '--quick');
    expect(said.join('\n')).toMatch(/^rounds +2/m);
    await bench('folder', '--rounds', '4');
    expect(said.join('\n')).toMatch(/^rounds +4/m);
    expect(() => readFileSync(join(readFileSync(join(folder, 'where.txt'), 'utf8'), 'big'))).toThrow('ENOENT');
  });
});

describe('alternate', () => {
  const line = { n: 4, wall_s: 2, cpu_s: 1, peak_mb: 8, unit: 'patches', versions: {} };
  const say = (result: unknown) => () => [process.execPath, child, JSON.stringify(result)];

  it('runs there and back, and drops the first round', async () => {
    const { alternate } = (await lib('alternate.mjs')) as { alternate: (...args: unknown[]) => Promise<Runs> };
    const order: string[] = [];
    const log = (text: string) => order.push(text.replace(/.*: (\w+) .*/, '$1'));
    const results = await alternate({ a: say(line), b: say(line) }, { rounds: 2, tmp: folder, log, cwd: folder });
    expect(order).toEqual(['b', 'a', 'a', 'b', 'b', 'a']);
    expect(results).toEqual({ a: [line, line], b: [line, line] });
  });

  it.each([
    ['other work', { ...line, n: 5 }, 'did not do the same work'],
    ['nothing', { ...line, n: 0 }, 'says 0 for n'],
    ['no result', 'hello', 'for n'],
  ])('refuses a side that did %s', async (_name, result, message) => {
    const { alternate } = (await lib('alternate.mjs')) as { alternate: (...args: unknown[]) => Promise<Runs> };
    const options = { rounds: 1, tmp: folder, log: () => {}, cwd: folder };
    await expect(alternate({ a: say(line), b: say(result) }, options)).rejects.toThrow(message);
  });

  it('says what a failed child said', async () => {
    const { runChild } = (await lib('alternate.mjs')) as { runChild: (...args: unknown[]) => Promise<unknown> };
    const command = [process.execPath, '-e', 'console.error("out of luck"); process.exit(7)'];
    await expect(runChild(command, { cwd: folder })).rejects.toThrow(/ended with 7:\nout of luck/);
    await expect(runChild(['/no/such/program'], { cwd: folder })).rejects.toThrow('ENOENT');
  });
});

describe('compareRows', () => {
  it('has medians, ratios to the first side and their range', async () => {
    const { compareRows } = (await lib('rows.mjs')) as { compareRows: (...args: unknown[]) => Row[] };
    const run = (cpu: number, peak: number) => ({ n: 10, wall_s: cpu / 2, cpu_s: cpu, peak_mb: peak });
    const sides = { peer: [run(1, 100), run(2, 100), run(4, 100)], ours: [run(0.5, 50), run(0.5, 40), run(0.5, 60)] };
    const rows = compareRows('p', sides, { unit: 'patches', targets: { 'ours.peak_mb': { atMost: 0.4 } } });
    const find = (figure: string) => rows.find((row) => row.figure === figure);
    expect(find('p.peer.per_cpu_s')).toMatchObject({ value: 5, unit: 'patches/CPU-s', detail: '2.5 to 10' });
    expect(find('p.ours.x_per_cpu_s')).toMatchObject({ value: 4, unit: 'x', target: null, met: null });
    expect(find('p.ours.x_per_cpu_s')?.detail).toBe('2 to 8, ours to peer, 3 rounds');
    expect(find('p.ours.x_peak_mb')).toMatchObject({ value: 0.5, target: '<= 0.4', met: false });
    expect(rows).toHaveLength(11);
  });
});

describe('measure', () => {
  it('prints the line that a bench reads', async () => {
    const { runChild } = (await lib('alternate.mjs')) as {
      runChild: (...args: unknown[]) => Promise<Record<string, unknown>>;
    };
    const url = pathToFileURL(join(ROOT, 'scripts/bench/lib/measure.mjs')).href;
    // Busy until the CPU says so: a loaded machine may give it little of a wall second.
    const work = 'const start = process.cpuUsage(); while (process.cpuUsage(start).user < 60_000); return 3;';
    const script = `import { measure } from '${url}'; await measure({ name: 'x', unit: 'runs', work() { ${work} } });`;
    const result = await runChild([process.execPath, '--input-type=module', '-e', script], { cwd: folder });
    expect(result).toMatchObject({ name: 'x', n: 3, unit: 'runs', versions: { node: process.versions.node } });
    expect(result['wall_s']).toBeGreaterThanOrEqual(0.05);
    expect(result['cpu_s']).toBeGreaterThanOrEqual(0.06);
    expect(result['peak_mb']).toBeGreaterThan(10);
  });
});

describe('compareFolders', () => {
  type Compare = (first: string, second: string) => Promise<{ patches: number; largest: number }>;

  async function writePatch(name: string, blue: number): Promise<void> {
    const data = Buffer.from([1, 2, 3, 4, 5, blue]);
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    await sharp(data, { raw: { width: 2, height: 1, channels: 3 } }).toFile(join(folder, name));
  }

  it('finds the largest difference at the same places', async () => {
    const { compareFolders } = (await lib('compare-patches.mjs')) as { compareFolders: Compare };
    await writePatch('peer/512_1024.png', 6);
    await writePatch('ours/patches/CMU-1_x512_y1024_2px.png', 9);
    const [peer, ours] = [join(folder, 'peer'), join(folder, 'ours')];
    expect(await compareFolders(peer, ours)).toEqual({ patches: 1, largest: 3 });
    await writePatch('peer/0_0.png', 6);
    await expect(compareFolders(peer, ours)).rejects.toThrow('other patches: 2 and 1, missing 0,0');
    await writePatch('ours/CMU-1_x0_y1_2px.png', 6);
    await expect(compareFolders(peer, ours)).rejects.toThrow('missing 0,0');
  });
});
