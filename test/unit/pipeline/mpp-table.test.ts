import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMppTable } from '../../../src/pipeline/mpp-table.ts';
import { resolveSlideInputs } from '../../../src/pipeline/slide-inputs.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-mpp-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(text: string) {
  const file = join(folder, 'mpp.csv');
  writeFileSync(file, text);
  return await readMppTable(file);
}

describe('a table of pixel sizes', () => {
  it('has one size for both axes, or one an axis', async () => {
    expect((await read('slide,mpp\na.svs,0.25\n')).find('/x/a.svs')).toBe(0.25);
    expect((await read('mpp_y,slide,mpp_x\n0.5,a.svs,0.25\n')).find('/x/a.svs')).toEqual({ x: 0.25, y: 0.5 });
  });

  it("may be TRIDENT's list", async () => {
    expect((await read('wsi,mpp\na.svs,0.25\nb.tiff,0.5\n')).find('/x/b.tiff')).toBe(0.5);
  });

  it('names slides by path, file name or name without extension; the most exact row wins', async () => {
    const { find } = await read(
      `slide,mpp\na,1\na.svs,2\nsub/a.svs,3\n${join(folder, 'other/a.svs')},4\n"b, 1",5\nc d,6\n`,
    );
    expect(find('/x/a.tif')).toBe(1);
    expect(find('/x/a.svs')).toBe(2);
    expect(find(join(folder, 'sub/a.svs'))).toBe(3);
    expect(find(join(folder, 'other/a.svs'))).toBe(4);
    expect(find('/x/b, 1.ndpi')).toBe(5);
    expect(find('/x/c d.ome.tiff')).toBe(6);
    expect(find('https://host/a.svs?sig=1')).toBe(2);
    expect(find('/x/e.svs')).toBeUndefined();
  });

  it('takes paths from its own folder, however they are written', async () => {
    const { find } = await read('slide,mpp\n./a.svs,1\nsub/../b.svs,2\n../c.svs,3\nsub//d.svs,4\n');
    expect(find(join(folder, 'a.svs'))).toBe(1);
    expect(find(join(folder, 'b.svs'))).toBe(2);
    expect(find(join(folder, '..', 'c.svs'))).toBe(3);
    expect(find(join(folder, 'sub', 'd.svs'))).toBe(4);
    // A path is that slide and no other of the name.
    expect(find('/x/a.svs')).toBeUndefined();
    await expect(read('slide,mpp\nsub/a.svs,1\n./sub/a.svs,2\n')).rejects.toThrow(
      /line 3: ".\/sub\/a.svs" was named before/,
    );
  });

  it.each<[string, string, RegExp]>([
    ['an unknown column', 'slide,mpp,note\na,1,x\n', /line 1: "note" is no column/],
    ['a misspelt column', 'slide,MPP\na,1\n', /line 1: "MPP" is no column/],
    ['no slides', 'name,mpp\na,1\n', /no column "slide"/],
    ['two names', 'slide,wsi,mpp\na,b,1\n', /only one may name slides/],
    ['no sizes', 'slide\na\n', /no column "mpp", nor "mpp_x" and "mpp_y"/],
    ['one axis', 'slide,mpp_x\na,1\n', /a column "mpp_x" without "mpp_y"/],
    ['both kinds', 'slide,mpp,mpp_x,mpp_y\na,1,1,1\n', /given twice/],
    ['a column twice', 'slide,mpp,mpp\na,1,1\n', /the column "mpp" twice/],
    ['a slide twice', 'slide,mpp\na,1\nb,1\n\na,1\n', /line 5: "a" was named before, in line 2/],
    ['no slide in a row', 'slide,mpp\na,1\n ,1\n', /line 3: no slide is named/],
    ['no size in a row', 'slide,mpp\n\na,\n', /line 3: no pixel size for "a"/],
    ['half a size', 'slide,mpp_x,mpp_y\na,1,\n', /line 2: mpp_y is "", expected a number above 0/],
    ['text', 'slide,mpp\r\n"a\r\nb",1\r\nc,none\r\n', /line 4: mpp is "none", expected a number above 0/],
    ['zero', 'slide,mpp\na,0\n', /line 2: mpp is "0"/],
    ['less than nothing', 'slide,mpp\na,-1\n', /line 2: mpp is "-1"/],
    ['no end', 'slide,mpp\na,Infinity\n', /line 2: mpp is "Infinity"/],
    ['a decimal comma', 'slide,mpp\na,"0,25"\n', /line 2: mpp is "0,25"/],
    ['a field too many', 'slide,mpp\na,1,2\n', /has 3 fields/],
  ])('is refused with %s', async (_name, text, message) => {
    const error = await read(text).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ tag: 'source', source: join(folder, 'mpp.csv') });
    expect((error as Error).message).toMatch(message);
  });

  it('tells which rows name none of the slides, not those that another row or the list outdoes', async () => {
    const table = await read('slide,mpp\na,1\na.svs,2\nsub/a.svs,3\nhttps://host/b.svs,4\n\nc.svs,5\n');
    const slides = ['/x/a.svs', 'https://host/b.svs?sig=1'];
    expect(table.listUnmatched(slides)).toEqual([
      { name: 'sub/a.svs', line: 4 },
      { name: 'c.svs', line: 7 },
    ]);
    expect(table.listUnmatched([...slides, join(folder, 'sub/a.svs'), '/y/c.svs'])).toEqual([]);
  });

  it('that is not there is an error', async () => {
    await expect(readMppTable(join(folder, 'none.csv'))).rejects.toMatchObject({ tag: 'source' });
  });
});

describe('the pixel size of an input', () => {
  it('is its own, then that of the table, then that of the run; each may differ by axis', async () => {
    const [list, table] = [join(folder, 'list.csv'), join(folder, 'mpp.csv')];
    writeFileSync(list, 'wsi,mpp_x,mpp_y,label\na.svs,0.2,0.3,tumour\nb.svs,,,\nc.svs,,,\n');
    writeFileSync(table, 'slide,mpp\na,1\nb,2\n');
    const found = await resolveSlideInputs([list], { mppCsv: table, mpp: { x: 3, y: 4 } });
    expect(found.map(({ mpp }) => mpp)).toEqual([{ x: 0.2, y: 0.3 }, 2, { x: 3, y: 4 }]);
  });

  it('is warned of where a row of the table names none of the slides', async () => {
    const [list, table] = [join(folder, 'list.csv'), join(folder, 'mpp.csv')];
    writeFileSync(list, 'slide,mpp\na.svs,0.5\nb.svs,\n');
    const warnings: string[] = [];
    const resolve = async (rows: string) => {
      writeFileSync(table, `slide,mpp\n${rows}`);
      warnings.length = 0;
      await resolveSlideInputs([list], { mppCsv: table, onWarning: (message) => warnings.push(message) });
      return warnings;
    };
    expect(await resolve('a,1\nb,2\n')).toEqual([]);
    expect(await resolve('a,1\nbb.svs,2\n')).toEqual([`${table}: a row names none of the slides: line 3 "bb.svs"`]);
    const rows = Array.from({ length: 7 }, (_, i) => `x${i},1\n`).join('');
    expect(await resolve(rows)).toEqual([
      `${table}: 7 rows name none of the slides: line 2 "x0", line 3 "x1", line 4 "x2", line 5 "x3", line 6 "x4" and 2 more`,
    ]);
    writeFileSync(table, 'slide,mpp\nb,2\nc,2\n');
    expect((await resolveSlideInputs([list], { mppCsv: table })).map(({ mpp }) => mpp)).toEqual([0.5, 2]);
  });

  it('in a list that makes no sense is an error with its line', async () => {
    const list = join(folder, 'list.csv');
    writeFileSync(list, 'slide,mpp,label\na.svs,0.25,x\nb.svs,x,y\n');
    await expect(resolveSlideInputs([list])).rejects.toThrow(/line 3: mpp is "x"/);
  });
});
