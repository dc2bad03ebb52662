import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createMilModel } from '../../src/onnx/mil-models.ts';
import { createSyntheticSlide } from '../../src/slide/synthetic-slide.ts';
import { writeMilCard } from '../../src/train/mil-card.ts';
import { parseCsvTable } from '../../src/utils/csv.ts';
import { sha256 } from '../../src/utils/hash.ts';
import { listViewed } from '../support/list-viewed.ts';
import { stripVolatile } from '../support/strip-volatile.ts';
import { createTinyBackbone } from '../support/tiny-backbones.ts';
import { runInProcess } from './run-in-process.ts';

let folder: string;
let out: string;
const backbone = createTinyBackbone();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-run-models-'));
  await createSyntheticSlide(join(folder, 'one.svs'), { width: 1300, height: 1100, seed: 3, associatedImages: [] });
  writeFileSync(join(folder, 'bad.svs'), 'no slide');
  writeFileSync(join(folder, 'tiny.onnx'), backbone);
  await writeMil('mil.onnx', sha256(backbone));
  await writeMil('second.onnx', sha256(backbone), 2);
  await writeMil('other.onnx', sha256('another network'));
});
beforeEach(() => {
  out = mkdtempSync(join(folder, 'out-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A classifier of slides that was trained on features of the network with that hash. */
async function writeMil(name: string, hash: string, seed = 1): Promise<void> {
  const bytes = createMilModel('abmil', { featureDim: 4, classes: 2, hidden: 4, attention: 4, seed });
  writeFileSync(join(folder, name), bytes);
  await writeMilCard(join(folder, name), {
    ...{ schema: 'slideloom/mil-card/v1', model: name, sha256: sha256(bytes), task: 'slide-classification' },
    ...{
      architecture: 'abmil',
      classes: ['normal', 'tumour'],
      temperature: 1,
      threshold: 0.5,
      metrics: {},
      training: {},
    },
    input: { name: 'features', featureDim: 4, backbone: { name: 'tiny', sha256: hash, output: 'tokens' } },
  });
}

const at = (name: string) => join(folder, name);
const run = (...more: string[]) =>
  runInProcess([
    ...['run', at('one.svs'), at('bad.svs'), '--model', at('tiny.onnx'), '--out', out],
    ...['--patch-mpp', '2', '--workers', '1', '--threads', '1', ...more],
  ]);

it('goes from slides to predictions, heatmaps and one report, and is done the second time', async () => {
  const first = await run('--mil', at('mil.onnx'));
  expect(first).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^one: (normal|tumour) \(0\.\d+\), done, \d+ patches$/m),
  });
  expect(first.stdout).toMatch(/^bad: failed: /m);
  const [one, bad] = parseCsvTable(readFileSync(join(out, 'manifest.csv'), 'utf8')).rows;
  expect(one).toMatchObject({ slide: 'one', status: 'done', features: 'features/one.safetensors', error: '' });
  expect(Number(one?.['probability_normal']) + Number(one?.['probability_tumour'])).toBeCloseTo(1, 6);
  expect(bad).toMatchObject({ slide: 'bad', status: 'failed', predicted: '', probability_tumour: '', heatmap: '' });
  for (const file of ['features', 'heatmap', 'overlay', 'top'])
    expect(existsSync(join(out, one?.[file] ?? ''))).toBe(true);
  const page = readFileSync(join(out, 'report.html'), 'utf8');
  const hrefs = [...page.matchAll(/(?:href|src)="\.\/([^"]+)"/g)].map(([, href = '']) => decodeURIComponent(href));
  expect(hrefs.filter((href) => !existsSync(join(out, href)))).toEqual([]);
  expect(hrefs).toEqual(
    expect.arrayContaining(['heatmaps/one.png', 'features/one/tissue/overlay.jpg', 'predictions/report.html']),
  );
  expect(await listViewed([out], 'one')).toEqual(['heatmap', 'attention', 'tissue']);
  expect(page).toContain('For research use only.');
  const stamps = () => ['features', 'heatmap', 'overlay'].map((file) => statSync(join(out, one?.[file] ?? '')).mtimeMs);
  const made = stamps();
  const again = await run('--mil', at('mil.onnx'), '--json');
  const { rows, failed } = JSON.parse(again.stdout);
  expect(failed).toBe(1);
  expect(rows[0]).toMatchObject({ state: 'done', verdict: { predicted: one?.['predicted'] } });
  expect(stamps()).toEqual(made);
  expect(stripVolatile(readFileSync(join(out, 'report.html'), 'utf8'))).toBe(stripVolatile(page));
});

it('replaces what another classifier left, and nothing else; features stay', async () => {
  await run('--mil', at('mil.onnx'));
  const read = (name: string) => readFileSync(join(out, name));
  const stamp = () => statSync(join(out, 'features/one.safetensors')).mtimeMs;
  const [made, sheet] = [stamp(), read('heatmaps/one.top.png')];
  const second = await run('--mil', at('second.onnx'));
  expect(second.stdout).toMatch(/^one: (normal|tumour) \(0\.\d+\), done/m);
  expect(stamp()).toBe(made);
  expect(read('heatmaps/one.top.png').equals(sheet)).toBe(false);
  writeFileSync(join(out, 'heatmaps', 'one.tiff'), 'of somebody else');
  expect((await run('--mil', at('mil.onnx'))).stdout).toMatch(/^one: failed: .*heatmaps.*is there already/m);
  expect(read('heatmaps/one.tiff').toString()).toBe('of somebody else');
});

it('tells before the first slide what would be wrong after the last', async () => {
  mkdirSync(join(out, 'predictions'));
  writeFileSync(join(out, 'predictions', 'predictions.csv'), 'of somebody else');
  const told = async (...more: string[]) => (await run('--mil', at('mil.onnx'), ...more)).stderr;
  for (const more of [[], ['--dry-run']]) expect(await told(...more)).toMatch(/predictions\.csv: is there already/);
  rmSync(join(out, 'predictions'), { recursive: true });
  expect(await told('--labels', at('none.csv'))).toContain('none.csv');
  expect(await told('--top-k', '3')).toContain('--aggregate');
  expect(await told('--alpha', '7')).toContain('--alpha');
  expect(existsSync(join(out, 'features'))).toBe(false);
});

it('makes features alone without a classifier', async () => {
  const { code, stdout } = await run();
  expect(code).toBe(1);
  expect(stdout).toMatch(/^one: done, \d+ patches$/m);
  expect(['features', 'predictions', 'heatmaps'].map((name) => existsSync(join(out, name)))).toEqual([
    true,
    false,
    false,
  ]);
  const table = readFileSync(join(out, 'manifest.csv'), 'utf8');
  expect(table.split('\n')[0]).toBe('slide,path,status,patches,features,bad_tiles,error');
  expect(readFileSync(join(out, 'report.html'), 'utf8')).not.toContain('Predicted');
});

it('tells before it begins that the models do not fit', async () => {
  for (const more of [[], ['--dry-run']]) {
    const { code, stderr } = await run('--mil', at('other.onnx'), ...more);
    expect(code).toBe(1);
    expect(stderr).toContain('another network');
    expect(existsSync(join(out, 'features'))).toBe(false);
  }
  expect((await run('--mil', at('mil.onnx'), '--output', 'maps')).stderr).toContain('another output of the network');
  const wide = await run('--mil', at('mil.onnx'), '--take', 'cls-mean');
  expect(wide.stderr).toMatch(/8 features a patch.*takes 4/);
});

it('predicts slides themselves with a backbone', async () => {
  const words = ['predict', 'slides', at('one.svs'), at('bad.svs'), '--model', at('mil.onnx'), '--out', out];
  const more = ['--patch-mpp', '2', '--workers', '1', '--threads', '1'];
  const { code, stdout, stderr } = await runInProcess([...words, '--backbone', at('tiny.onnx'), ...more]);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^one: (normal|tumour), confidence/m);
  expect(stdout).toMatch(/^bad: missing: /m);
  expect(stderr).toContain('1/2 features');
  const [one] = parseCsvTable(readFileSync(join(out, 'predictions.csv'), 'utf8')).rows;
  const files = parseCsvTable(readFileSync(join(out, 'features', 'features.csv'), 'utf8')).rows;
  expect(one?.['patches']).toBe(files[0]?.['patches']);
  expect(await listViewed([out], 'one')).toEqual(['attention', 'tissue']);
  expect((await runInProcess([...words, ...more])).stderr).toContain(
    'says how slides are embedded, and features are given',
  );
});

it('estimates in a dry run, and writes nothing', async () => {
  const { code, stdout } = await run('--mil', at('mil.onnx'), '--dry-run');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^one: tissue .*patches/m);
  expect(existsSync(join(out, 'features'))).toBe(false);
});

it('tells of options that have no say', async () => {
  const usage = async (...words: string[]) =>
    (await runInProcess(['run', at('one.svs'), '--out', out, ...words])).stderr;
  expect(await usage('--mil', at('mil.onnx'))).toContain('--mil is for runs with a model');
  expect(await usage('--model', at('tiny.onnx'), '--format', 'png')).toContain('--format is for files of patches');
  expect(await usage('--model', at('tiny.onnx'), '--aggregate', 'mean')).toContain('--aggregate is for predictions');
});
