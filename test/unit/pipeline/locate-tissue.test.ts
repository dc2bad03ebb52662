import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { locateTissue } from '../../../src/pipeline/locate-tissue.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'locate-tissue-'));
  for (const id of ['case_1', 'case 2']) {
    mkdirSync(join(folder, id));
    writeFileSync(join(folder, id, 'tissue.geojson'), '');
  }
  writeFileSync(join(folder, 'case 3.xml'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

const locate = async (polygons: string, id: string, path: string) =>
  (await locateTissue({ polygons, mpp: 4 }, { id, path })).polygons;

it('puts the name of the slide in a run in place of {stem}, and else its own', async () => {
  const pattern = join(folder, '{stem}', 'tissue.geojson');
  expect(await locate(pattern, 'case_1', '/slides/case 1.svs')).toBe(join(folder, 'case_1', 'tissue.geojson'));
  expect(await locate(pattern, 'case_2', '/slides/case 2.svs')).toBe(join(folder, 'case 2', 'tissue.geojson'));
  // Of two slides of one name each has its own: that of the other is not taken.
  const other = join(folder, 'case_1-0a1b2c3d', 'tissue.geojson');
  expect(await locate(pattern, 'case_1-0a1b2c3d', '/other/case 1.svs')).toBe(other);
});

it('finds the file of its name in a folder, and leaves a file and other options as they are', async () => {
  expect(await locate(folder, 'case_3', '/slides/case 3.svs')).toBe(join(folder, 'case 3.xml'));
  expect(await locate('one.xml', 'case_3', '/slides/case 3.svs')).toBe('one.xml');
  expect(await locateTissue({ mpp: 4 }, { id: 'a', path: 'a.svs' })).toEqual({ mpp: 4 });
  expect(await locateTissue(false, { id: 'a', path: 'a.svs' })).toBe(false);
});
