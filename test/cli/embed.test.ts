import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSyntheticSlide } from '../../src/slide/synthetic-slide.ts';
import { createTinyBackbone } from '../support/tiny-backbones.ts';
import { runInProcess } from './run-in-process.ts';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-embed-cli-'));
  await createSyntheticSlide(join(folder, 'one.svs'), { width: 1500, height: 1200, seed: 3 });
  await createSyntheticSlide(join(folder, 'two.svs'), { width: 1200, height: 900, seed: 4 });
  writeFileSync(join(folder, 'bad.svs'), 'no slide');
  writeFileSync(join(folder, 'tiny.onnx'), createTinyBackbone());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const embed = (...more: string[]) =>
  runInProcess([
    ...['embed', ...['one', 'bad', 'two'].map((name) => join(folder, `${name}.svs`))],
    ...[
      '--model',
      join(folder, 'tiny.onnx'),
      '--out',
      join(folder, 'out'),
      '--patch-mpp',
      '2',
      '--workers',
      '1',
      ...more,
    ],
  ]);

it('embeds slides with one model, says what became of each, and is done the second time', async () => {
  const first = await embed('--layout', 'trident', '--threads', '1');
  expect(first.code).toBe(1);
  expect(first.stdout).toMatch(
    /^one: done, (\d+) patches, 4 features each\nbad: failed: .*\n.*\ntwo: done, (\d+) patches/m,
  );
  expect(first.stdout).toContain('2 of 3 slides');
  expect(first.stderr).toMatch(/1\/3 features: .*patches/);
  const table = readFileSync(join(folder, 'out', 'features.csv'), 'utf8');
  expect(table.split('\n')[0]).toBe('slide,path,status,features,patches,dimension,skipped,whitened,bad_tiles,error');
  expect(table).toMatch(/^one,.*one\.svs,done,5x_32px_0px_overlap\/features_tiny\/one\.h5,\d+,4,0,0,0,$/m);
  expect(table).toMatch(/^bad,.*,failed,,,,,,0,.+$/m);
  const second = await embed('--layout', 'trident', '--json');
  const { rows, failed } = JSON.parse(second.stdout);
  expect(failed).toBe(1);
  expect(rows.map(({ status, state }: { status: string; state: string }) => `${status} ${state}`)).toEqual([
    ...['done done', 'failed fresh', 'done done'],
  ]);
  expect(readFileSync(join(folder, 'out', 'features.csv'), 'utf8')).toBe(table);
});

it('says in a dry run what it would be, as the run has it, and writes nothing', async () => {
  const out = join(folder, 'dry');
  const dry = await embed('--out', out, '--dry-run', '--json');
  expect(dry.code).toBe(1);
  expect(existsSync(out)).toBe(false);
  const { slides, total } = JSON.parse(dry.stdout);
  expect(slides[1].error.message).toContain('bad.svs');
  const { rows } = JSON.parse((await embed('--out', out, '--json', '--threads', '1')).stdout);
  expect(slides.map((one: { patches: number }) => one.patches)).toEqual(
    rows.map((row: { counts?: { embedded: number } }) => row.counts?.embedded ?? 0),
  );
  // Four features as floats, two corners, two places in microns.
  expect(total.bytes).toBe(total.patches * (16 + 8 + 16));
  expect(total.seconds).toBeGreaterThan(0);
  expect((await embed('--out', out, '--dry-run')).stdout).toMatch(/^one: tissue .* patches, about .* MB/);
});

it.each([
  [['--layout', 'slideflow'], '`--layout`'],
  [['--take', 'max'], '`--take`'],
  [['--batch-size', '0'], '`--batch-size`'],
  [['--stain-fit', 'slide'], '--stain-fit says how stains are normalised, and they are not'],
  [['--output', 'logits'], 'expected one of tokens, maps, vector, or a value inside the model for `--output`'],
])('%j is wrong usage', async (flags, message) => {
  const { code, stderr } = await embed(...flags, '--out', join(folder, 'wrong'));
  expect(stderr).toContain(message);
  expect(code).toBe(2);
});
