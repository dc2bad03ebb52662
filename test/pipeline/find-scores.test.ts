import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findFeatureFiles, findScoreTables } from '../../src/pipeline/find-scores.ts';
import { heatmapSlides } from '../../src/pipeline/heatmap-slides.ts';
import { createSlideIds } from '../../src/pipeline/slide-inputs.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-scores-'));
  mkdirSync(join(folder, 'scores'));
  mkdirSync(join(folder, 'features'));
  for (const name of ['one', 'my slide', 'Größe']) writeFileSync(join(folder, 'scores', `${name}.csv`), 'x,y,value\n');
  writeFileSync(join(folder, 'features', 'one.h5'), '');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As `resolveSlideInputs` names them. */
function list(...paths: string[]) {
  const ids = createSlideIds(paths);
  return paths.map((path, i) => ({ id: ids[i] ?? '', path, mpp: undefined }));
}

it('finds tables by the name of the slide, whatever is in it', async () => {
  const slides = list('/a/one.svs', '/a/my slide.svs', '/b/Größe.ome.tif');
  const find = await findScoreTables(join(folder, 'scores'), slides);
  expect(slides.map((slide) => find(slide))).toEqual(
    ['one', 'my slide', 'Größe'].map((name) => ({ scores: join(folder, 'scores', `${name}.csv`) })),
  );
});

it('gives no slide the scores or features of another', async () => {
  const twins = list('/a/one.svs', '/b/one.svs');
  const failure = expect.objectContaining({ tag: 'dataset', reason: 'no-scores' });
  const tables = await findScoreTables(join(folder, 'scores'), twins);
  const features = await findFeatureFiles(join(folder, 'features'), twins);
  for (const twin of twins) for (const find of [tables, features]) expect(() => find(twin)).toThrow(failure);
  // A folder that happens to hold one file says which slide it is of; a file that is named does not.
  const [other] = list('/a/other.svs');
  const inFolder = await findFeatureFiles(join(folder, 'features'), other ? [other] : []);
  expect(() => other && inFolder(other)).toThrow(failure);
  const named = await findFeatureFiles(join(folder, 'features', 'one.h5'), other ? [other] : []);
  expect(other && named(other)).toEqual({ features: join(folder, 'features', 'one.h5') });
});

it('knows slides by their path where the table of features says it', async () => {
  const table = join(folder, 'features.csv');
  writeFileSync(table, 'slide,path,features\none-11111111,/a/one.svs,a.h5\none-22222222,/b/one.svs,b.h5\n');
  const slides = list('/b/one.svs');
  expect((await findFeatureFiles(table, slides))(slides[0]!)).toEqual({ features: join(folder, 'b.h5') });
});

it('refuses one table or file for several slides, unless it says which is which', async () => {
  const slides = list('/a/one.svs', '/a/two.svs');
  const table = join(folder, 'scores', 'one.csv');
  await expect(findScoreTables(table, slides)).rejects.toThrow(/one\.csv: .*which of the 2 slides/);
  expect((await findScoreTables(table, slides.slice(1)))(slides[1] ?? list('')[0]!)).toEqual({ scores: table });
  const both = join(folder, 'both.csv');
  writeFileSync(both, '\uFEFFSlide,x,y,value\n');
  expect((await findScoreTables(both, slides))(slides[0]!)).toEqual({ scores: both });
  const file = await findFeatureFiles(join(folder, 'features', 'one.h5'), slides);
  expect(file(slides[0]!)).toEqual({ features: join(folder, 'features', 'one.h5') });
  expect(() => file(slides[1]!)).toThrow(/no features for the slide two/);
});

it('says that a run was stopped, whatever the reason', async () => {
  const signal = AbortSignal.abort('enough');
  const run = { slides: list('/a/one.svs'), out: join(folder, 'out'), scores: join(folder, 'scores'), signal };
  await expect(heatmapSlides(run)).rejects.toMatchObject({ tag: 'aborted' });
});
