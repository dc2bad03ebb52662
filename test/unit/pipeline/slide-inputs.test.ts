import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSlideIds, resolveSlideInputs } from '../../../src/pipeline/slide-inputs.ts';

let folder: string;
const at = (...parts: string[]) => join(folder, ...parts);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-inputs-'));
  for (const sub of ['a', 'b/deep']) mkdirSync(at(sub), { recursive: true });
  for (const file of ['a/one.svs', 'a/two.TIF', 'b/deep/one.svs', 'b/notes.txt']) writeFileSync(at(file), '');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('inputs of a run', () => {
  it('may be folders at any depth, globs, files and lists, each slide once', async () => {
    const list = at('list.csv');
    writeFileSync(list, 'slide,mpp\na/one.svs,0.25\nb/deep/one.svs,\n');
    const paths = async (...inputs: string[]) => (await resolveSlideInputs(inputs)).map(({ path }) => path);
    expect(await paths(folder)).toEqual([at('a/one.svs'), at('a/two.TIF'), at('b/deep/one.svs')]);
    expect(await paths(at('**/*.svs'))).toEqual([at('a/one.svs'), at('b/deep/one.svs')]);
    expect(await paths(at('a/two.TIF'), folder)).toEqual([at('a/two.TIF'), at('a/one.svs'), at('b/deep/one.svs')]);
    expect(await resolveSlideInputs([list])).toMatchObject([
      { path: at('a/one.svs'), mpp: 0.25 },
      { path: at('b/deep/one.svs'), mpp: undefined },
    ]);
  });

  it('may be DICOM slides: a folder of files, or a file that is alone in its folder', async () => {
    const root = mkdtempSync(join(tmpdir(), 'slideloom-dicom-inputs-'));
    for (const sub of ['series', 'single']) mkdirSync(join(root, sub));
    for (const file of ['series/1.dcm', 'series/2.DCM', 'single/a.dcm', 'z.ndpi']) writeFileSync(join(root, file), '');
    const found = (await resolveSlideInputs([root])).map(({ path, id }) => [path, id]);
    rmSync(root, { recursive: true });
    expect(found).toEqual([
      [join(root, 'series'), 'series'],
      [join(root, 'single/a.dcm'), 'a'],
      [join(root, 'z.ndpi'), 'z'],
    ]);
  });

  it('may be OME-Zarr slides: folders by their names, into which nobody looks, or any folder with their metadata', async () => {
    const root = mkdtempSync(join(tmpdir(), 'slideloom-zarr-inputs-'));
    for (const sub of ['a.zarr/0', 'deep/b.ome.zarr', 'other']) mkdirSync(join(root, sub), { recursive: true });
    for (const file of ['a.zarr/.zattrs', 'a.zarr/0/x.tif', 'other/zarr.json', 'z.svs'])
      writeFileSync(join(root, file), '');
    const find = async (input: string) => (await resolveSlideInputs([input])).map(({ path, id }) => [path, id]);
    const [a, b] = [
      [join(root, 'a.zarr'), 'a'],
      [join(root, 'deep/b.ome.zarr'), 'b'],
    ];
    expect(await find(root)).toEqual([a, b, [join(root, 'z.svs'), 'z']]);
    expect(await find(join(root, 'a.zarr/'))).toEqual([a]);
    expect(await find(join(root, 'other'))).toEqual([[join(root, 'other'), 'other']]);
    expect(await find(join(root, '*.zarr'))).toEqual([a]);
    expect(await find(join(root, '**/*.zarr'))).toEqual([a, b]);
    expect(await find('https://example.org/c.zarr/')).toEqual([['https://example.org/c.zarr/', 'c']]);
    rmSync(root, { recursive: true });
  });

  it('take pixel sizes from a table by path, by path from the table, by file name or by id; else the common one', async () => {
    const sizes = async (rows: string) => {
      const table = at('mpp.csv');
      writeFileSync(table, `slide,mpp\n${rows}\n`);
      const found = await resolveSlideInputs([at('a')], { mppCsv: table, mpp: 1 });
      return found.map(({ mpp }) => mpp);
    };
    expect(await sizes(`${at('a/one.svs')},0.2`)).toEqual([0.2, 1]);
    expect(await sizes('a/one.svs,0.3')).toEqual([0.3, 1]);
    expect(await sizes('two.TIF,0.4')).toEqual([1, 0.4]);
    expect(await sizes('two,0.5')).toEqual([1, 0.5]);
    await expect(sizes('two,none')).rejects.toThrow(/mpp is "none"/);
  });

  it('without slides are an error; a missing file is a slide that will fail', async () => {
    mkdirSync(at('empty'), { recursive: true });
    await expect(resolveSlideInputs([at('empty')])).rejects.toMatchObject({ tag: 'option' });
    await expect(resolveSlideInputs([at('*.nothing')])).rejects.toMatchObject({ tag: 'option' });
    expect(await resolveSlideInputs([at('missing.svs')])).toMatchObject([{ id: 'missing' }]);
  });
});

describe('ids of slides', () => {
  it('are file names, told apart by their path where they are equal', () => {
    const [first, second, third] = createSlideIds(['/a/one.svs', '/b/ONE.tif', '/b/two.ome.tiff']);
    expect(first).toMatch(/^one-[0-9a-f]{8}$/);
    expect(second).toMatch(/^ONE-[0-9a-f]{8}$/);
    expect(third).toBe('two');
  });

  it("are safe for file systems and never the run's own files", () => {
    expect(createSlideIds(['/a/x y:z?.svs'])).toEqual(['x_y_z_']);
    expect(createSlideIds(['/a/..svs'])[0]).not.toMatch(/^\./);
    expect(createSlideIds(['/a/report.html.svs', '/a/manifest.csv.tif'])).toEqual([
      expect.stringMatching(/^report\.html-[0-9a-f]{8}$/),
      expect.stringMatching(/^manifest\.csv-[0-9a-f]{8}$/),
    ]);
  });
});

describe('addresses', () => {
  it('are taken as they are, without a look at the disk, and shown without their secrets', async () => {
    const list = at('remote.csv');
    writeFileSync(list, 'slide,mpp\ns3://bucket/case [1]/b.svs,\nhttps://host/c.ome.tif?sig=secret,0.5\na/one.svs,\n');
    expect(await resolveSlideInputs(['https://user:secret@host/a%20*.svs', list], { mpp: 1 })).toEqual([
      { id: 'a_', path: 'https://host/a%20*.svs', address: 'https://user:secret@host/a%20*.svs', mpp: 1 },
      { id: 'b', path: 's3://bucket/case [1]/b.svs', mpp: 1 },
      { id: 'c', path: 'https://host/c.ome.tif', address: 'https://host/c.ome.tif?sig=secret', mpp: 0.5 },
      { id: 'one', path: at('a/one.svs'), mpp: 1 },
    ]);
  });

  it('find their pixel size by address, with or without its query, by file name or by id', async () => {
    const table = at('remote-mpp.csv');
    for (const name of [
      'https://host/x/my%20slide.svs?sig=1',
      'https://host/x/my%20slide.svs',
      'my slide.svs',
      'my_slide',
    ]) {
      writeFileSync(table, `slide,mpp\n${name},0.3\n`);
      const found = await resolveSlideInputs(['https://host/x/my%20slide.svs?sig=1'], { mppCsv: table });
      expect(found[0]?.mpp, name).toBe(0.3);
    }
  });

  it('of the same name get ids that no new signature changes', () => {
    const ids = (signature: string) =>
      createSlideIds([`https://host/a/s.svs?sig=${signature}`, `https://host/b/s.svs?sig=${signature}`, '/a/s.svs']);
    expect(new Set(ids('1')).size).toBe(3);
    expect(ids('1')).toEqual(ids('2'));
    expect(new Set(createSlideIds(['https://host/get?id=1', 'https://host/get?id=2'])).size).toBe(2);
  });
});
