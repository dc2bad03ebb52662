import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ROOT } from '../../support/shared-data.ts';

type RunBench = (
  argv: string[],
  where: { folder: string; print: (text: string) => void; docs: { results: string; page: string } },
) => Promise<number>;
interface Row {
  figure: string;
  value: number;
  unit: string;
  min: number | null;
  max: number | null;
  target: string | null;
  met: boolean | null;
  detail: string;
}
const BEGIN = '<!-- results: npm run bench -- all --docs -->';
type Runs = Record<string, { n: number; wall_s: number; cpu_s: number; peak_mb: number }[]>;

const lib = (name: string) => import(pathToFileURL(join(ROOT, 'scripts/bench/lib', name)).href);
const folder = mkdtempSync(join(tmpdir(), 'slideloom-benches-'));
const child = join(folder, 'child.cjs');
const docs = { results: join(folder, 'results.json'), page: join(folder, 'page.md') };
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
  return runBench(argv, { folder, print: (text) => said.push(text), docs });
}

beforeAll(async () => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  ({ runBench } = (await lib('run-bench.mjs')) as { runBench: RunBench });
  writeFileSync(
    child,
    `console.log('noise'); console.log(process.argv[2]);
    if (process.argv[3]) require('node:fs').writeFileSync(process.argv[3], '');`,
  );
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
    [['plain', '--docs', '--quick']],
    [['all', '--json', 'out.json']],
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
      rows: [{ figure: 'a', value: 1.99, unit: 'x', min: null, max: null, target: '>= 2', met: false, detail: '' }],
    });
  });

  it('runs all, ends with the worst code and records what there is to record', async () => {
    writeFileSync(docs.page, `above\n${BEGIN}\nlast year\n<!-- end of results -->\nbelow\n`);
    expect(await bench('all', '--docs')).toBe(3);
    const results = JSON.parse(readFileSync(docs.results, 'utf8')) as Record<string, unknown>;
    expect(Object.keys(results)).toEqual(['bad', 'folder', 'good', 'plain']);
    const page = readFileSync(docs.page, 'utf8');
    expect(page).toMatch(/^above\n.*\| `a` +\| 1\.99 x \| +\| >= 2 +\| MISSED +\|.*\nbelow\n$/s);
    expect(page).not.toContain('last year');
  });

  it('keeps a bench to its own folder with --tmp', async () => {
    expect(await bench('folder', '--tmp', folder)).toBe(0);
    expect(dirname(readFileSync(join(folder, 'where.txt'), 'utf8'))).toBe(folder);
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
  const say = (result: unknown, file?: string) => (own: string) => [
    process.execPath,
    child,
    JSON.stringify(result),
    ...(file === undefined ? [] : [join(own, file)]),
  ];
  const readAll = (folders: Record<string, string>) => Object.values(folders).flatMap((one) => readdirSync(one));

  it('runs there and back, and drops the first round', async () => {
    const { alternate } = (await lib('alternate.mjs')) as { alternate: (...args: unknown[]) => Promise<Runs> };
    const order: string[] = [];
    const log = (text: string) => order.push(text.replace(/.*: (\w+) .*/, '$1'));
    const inspected: string[] = [];
    const inspect = (folders: Record<string, string>) => inspected.push(...Object.keys(folders), ...readAll(folders));
    const options = { rounds: 2, tmp: folder, log, cwd: folder, inspect };
    const results = await alternate({ a: say(line), b: say(line, 'left.txt') }, options);
    expect(order).toEqual(['b', 'a', 'a', 'b', 'b', 'a']);
    expect(results).toEqual({ a: [line, line], b: [line, line] });
    expect(inspected).toEqual(['b', 'a', 'left.txt']);
    expect(readdirSync(folder).filter((name) => name.startsWith('run-'))).toEqual([]);
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

  it("keeps the place of sharp's libvips from children, whose vips would lose its modules", async () => {
    const { runChild } = (await lib('alternate.mjs')) as { runChild: (...args: unknown[]) => Promise<unknown> };
    const script = `console.log(JSON.stringify({ ...${JSON.stringify(line)}, env: { ...process.env } }))`;
    vi.stubEnv('VIPSHOME', '/target');
    vi.stubEnv('SLIDELOOM_BENCH_PROBE', 'kept');
    const result = await runChild([process.execPath, '-e', script], { cwd: folder });
    vi.unstubAllEnvs();
    expect(result).toMatchObject({ env: { SLIDELOOM_BENCH_PROBE: 'kept' } });
    expect(result).not.toHaveProperty('env.VIPSHOME');
  });

  it('ends children with their own children', async () => {
    const { runChild, stopChildren } = (await lib('alternate.mjs')) as {
      runChild: (...args: unknown[]) => Promise<unknown>;
      stopChildren: () => void;
    };
    // The inner one holds the pipe open: "close" comes when both have ended.
    const ended = runChild(['/bin/sh', '-c', 'sleep 50 & wait'], { cwd: folder });
    setTimeout(stopChildren, 100);
    await expect(ended).rejects.toThrow('ended with SIGKILL');
  });
});

describe('compareRows', () => {
  it('has medians, ratios to the first side and their range', async () => {
    const { compareRows } = (await lib('rows.mjs')) as { compareRows: (...args: unknown[]) => Row[] };
    const run = (cpu: number, peak: number) => ({ n: 10, wall_s: cpu / 2, cpu_s: cpu, peak_mb: peak });
    const sides = { peer: [run(1, 100), run(2, 100), run(4, 100)], ours: [run(0.5, 50), run(0.5, 40), run(0.5, 60)] };
    const targets = { 'ours.x_peak_mb': { atMost: 0.4 }, 'ours.peak_mb': { atMost: 50 } };
    const rows = compareRows('p', sides, { unit: 'patches', targets });
    const find = (figure: string) => rows.find((row) => row.figure === figure);
    expect(find('p.peer.per_cpu_s')).toMatchObject({
      value: 5,
      unit: 'patches/CPU-s',
      min: 2.5,
      max: 10,
      target: null,
    });
    expect(find('p.ours.x_per_cpu_s')).toMatchObject({ value: 4, unit: 'x', min: 2, max: 8, target: null, met: null });
    expect(find('p.ours.x_per_cpu_s')?.detail).toBe('20 to 5 patches/CPU-s of peer, 3 rounds');
    expect(find('p.ours.x_peak_mb')).toMatchObject({ value: 0.5, target: '<= 0.4', met: false });
    expect(find('p.ours.peak_mb')).toMatchObject({ value: 50, min: 40, max: 60, target: '<= 50', met: true });
    expect(rows).toHaveLength(11);
    expect(() => compareRows('p', sides, { unit: 'patches', targets: { 'ours.speed': { atLeast: 1 } } })).toThrow(
      'targets of figures that p does not have: ours.speed',
    );
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
    // Threads of Node's own count as CPU too, so that less time may have passed.
    expect(result['wall_s']).toBeGreaterThan(0.01);
    expect(result['cpu_s']).toBeGreaterThanOrEqual(0.06);
    expect(result['peak_mb']).toBeGreaterThan(10);
  });
});

describe('comparePatches', () => {
  type Index = (folder: string, unit?: number) => Map<string, string>;
  type Compare = (first: Map<string, string>, other: Map<string, string>) => Promise<Record<string, number>>;

  async function writePatch(name: string, blue: number): Promise<void> {
    const data = Buffer.from([1, 2, 3, 4, 5, blue]);
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    await sharp(data, { raw: { width: 2, height: 1, channels: 3 } }).toFile(join(folder, name));
  }

  it('finds the differences at the same places', async () => {
    const { comparePatches, indexPatches } = (await lib('compare-patches.mjs')) as {
      comparePatches: Compare;
      indexPatches: Index;
    };
    const compare = () => comparePatches(indexPatches(join(folder, 'peer')), indexPatches(join(folder, 'ours')));
    await writePatch('peer/512_1024.png', 6);
    await writePatch('ours/patches/CMU-1_x512_y1024_2px.png', 9);
    expect(await compare()).toEqual({ patches: 1, largest: 3, mean: 0.5, equalFiles: 0 });
    await writePatch('peer/0_0.png', 6);
    await expect(compare()).rejects.toThrow('other patches: 2 and 1, missing 0,0');
    await writePatch('ours/CMU-1_x0_y0_2px.png', 6);
    expect(await compare()).toEqual({ patches: 2, largest: 3, mean: 0.25, equalFiles: 1 });
    await writePatch('tiles/dz_files/0/1_2.png', 6);
    expect([...indexPatches(join(folder, 'tiles'), 512).keys()]).toEqual(['512,1024']);
  });
});
