import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../support/shared-data.ts';

interface Result {
  name: string;
  machine: Record<string, unknown>;
  versions: Record<string, string>;
  rows: Record<string, unknown>[];
}
type Results = Record<string, Result>;
interface Docs {
  readResults: (file: string) => Results;
  mergeResult: (results: Results, result: Result, options?: { cases?: string[] }) => Results;
  replaceBlock: (page: string, block: string) => string;
  renderResults: (results: Results) => string;
}

const BEGIN = '<!-- results: npm run bench -- all --docs -->';
const END = '<!-- end of results -->';
const machine = { cpu: 'CPU', cores: 2, memory_gb: 24, os: 'linux 6' };
const versions = { node: '20.1.0', openslide: '3.4.1' };
const judged = {
  figure: 'p.png.ours.x_per_cpu_s',
  value: 15.25,
  unit: 'x',
  min: 15,
  max: 15.5,
  target: '>= 15',
  met: true,
};
const rows = [
  { figure: 'p.png.ours.wall_s', value: 1, unit: 's', min: 1, max: 1, target: null, met: null, detail: '' },
  { ...judged, detail: '1525 to 100 patches/CPU-s | 6 rounds' },
  {
    figure: 'p.jpg.difference',
    value: 1,
    unit: 'grey levels',
    min: null,
    max: null,
    target: '<= 0',
    met: false,
    detail: 'd',
  },
  { figure: 'p.jpg.ours.x_peak_mb', value: 0.5, unit: 'x', min: 0.4, max: 0.6, target: null, met: null, detail: '' },
];
const result: Result = { name: 'p', machine, versions, rows };
let docs: Docs;

beforeAll(async () => {
  docs = (await import(pathToFileURL(join(ROOT, 'scripts/bench/lib/docs.mjs')).href)) as Docs;
});

describe('tables of benchmark results', () => {
  it('have the judged figures and the ratios, with machine and versions', () => {
    expect(docs.renderResults({ p: result })).toBe(`### Results of p

CPU, 2 cores, 24 GB, linux 6; node 20.1.0, openslide 3.4.1.

| figure                   | value         | range      | target | verdict | of what                               |
| ------------------------ | ------------- | ---------- | ------ | ------- | ------------------------------------- |
| \`p.png.ours.x_per_cpu_s\` | 15.25 x       | 15 to 15.5 | >= 15  | met     | 1525 to 100 patches/CPU-s \\| 6 rounds |
| \`p.jpg.difference\`       | 1 grey levels |            | <= 0   | MISSED  | d                                     |
| \`p.jpg.ours.x_peak_mb\`   | 0.5 x         | 0.4 to 0.6 |        |         |                                       |`);
    expect(docs.renderResults({})).toBe('Nothing was recorded yet.');
  });

  it('have the figures that a bench lists although they have no target', () => {
    const listed = { ...rows[0], figure: 'p.png.tiles', detail: 'aperio, jpeg', listed: true };
    const table = docs.renderResults({ p: { ...result, rows: [listed, ...rows] } });
    expect(table).toContain('| `p.png.tiles`');
    expect(table).not.toContain('p.png.ours.wall_s');
  });

  it('replace what was between the comments, and only that', () => {
    const page = docs.replaceBlock(`a\n${BEGIN}\n\nold\n\n${END}\nb\n`, 'new');
    expect(page).toBe(`a\n${BEGIN}\n\nnew\n\n${END}\nb\n`);
    expect(docs.replaceBlock(page, 'new')).toBe(page);
    expect(() => docs.replaceBlock('a', 'new')).toThrow(`lacks the line ${BEGIN}`);
    expect(() => docs.replaceBlock(BEGIN, 'new')).toThrow(`lacks the line ${END}`);
  });

  it('in docs/benchmarks.md are those of docs/benchmarks.json', () => {
    const page = readFileSync(join(ROOT, 'docs/benchmarks.md'), 'utf8');
    const results = docs.readResults(join(ROOT, 'docs/benchmarks.json'));
    expect(docs.replaceBlock(page, docs.renderResults(results))).toBe(page);
  });
});

describe('recorded results', () => {
  const other = { ...result, name: 'a' };
  const again = { ...result, rows: [{ ...rows[2], value: 0, met: true }] };

  it('are replaced by a run of the whole bench', () => {
    const merged = docs.mergeResult({ p: result }, other);
    expect(Object.keys(merged)).toEqual(['a', 'p']);
    expect(docs.mergeResult(merged, again)).toEqual({ a: other, p: again });
  });

  it('are replaced case by case by a run of some', () => {
    const merged = docs.mergeResult({ p: result }, again, { cases: ['jpg'] });
    expect(merged['p']?.rows).toEqual([rows[0], rows[1], again.rows[0]]);
    expect(docs.mergeResult({}, again, { cases: ['jpg'] })).toEqual({ p: again });
  });

  it.each([
    ['machine', { ...again, machine: { ...machine, cores: 4 } }],
    ['versions', { ...again, versions: { node: '22.0.0' } }],
  ])('of another %s are not mixed', (_name, changed) => {
    expect(() => docs.mergeResult({ p: result }, changed, { cases: ['jpg'] })).toThrow('measure all cases');
  });
});
