import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PatchScores, readScores, writeScores } from '../../../src/inference/mil/score-table.ts';

let folder: string;
let path: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-scores-'));
  path = join(folder, 's.csv');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const scores: PatchScores = {
  ...{ unit: 'px', count: 2, x: Float64Array.of(0, 256), y: Float64Array.of(12.5, 0), width: 256, height: 200.5 },
  ...{ attention: Float32Array.of(0.1, 0.9), classes: ['a,b', 'say "c"'] },
  probabilities: Float32Array.of(1 / 3, 2 / 3, 1e-9, 1),
};

describe('a table of scores', () => {
  it('gives back every number and name', async () => {
    await writeScores(path, scores);
    expect(readFileSync(path, 'utf8').split('\n').slice(0, 2)).toEqual([
      'x,y,width,height,attention,"probability_a,b","probability_say ""c"""',
      '0,12.5,256,200.5,0.100000001,0.333333343,0.666666687',
    ]);
    expect(await readScores(path)).toEqual(scores);
  });

  it('has no column, or an empty field, for what is not known', async () => {
    const bare: PatchScores = {
      ...scores,
      unit: 'um',
      width: undefined,
      height: undefined,
      attention: undefined,
      classes: [],
      probabilities: undefined,
    };
    await writeScores(path, bare);
    expect(readFileSync(path, 'utf8')).toBe('x_um,y_um,width_um,height_um\n0,12.5,,\n256,0,,\n');
    expect(await readScores(path)).toEqual(bare);
  });

  it('may have been through a spreadsheet', async () => {
    writeFileSync(path, '\uFEFFslide,y,x,attention\r\ns,2,1,0.25\r\n\r\n');
    expect(await readScores(path)).toMatchObject({
      count: 1,
      x: { 0: 1 },
      y: { 0: 2 },
      attention: { 0: 0.25 },
      width: undefined,
    });
  });

  it.each([
    ['no places', 'slide,attention\ns,1\n', 'no columns x and y: it has slide, attention'],
    ['a text', 'x,y,attention\n1,2,high\n', 'line 2: "high" in column attention is no number'],
    ['half a row', 'x,y,attention\n1,2,0.5\n1,\n', 'line 3: "" in column y is no number'],
    ['two sizes', 'x,y,width,height\n1,2,3,3\n1,2,4,4\n', 'line 3: its patch has another size'],
  ])('is refused with %s', async (_, text, message) => {
    writeFileSync(path, text);
    await expect(readScores(path)).rejects.toThrow(message);
  });

  it('is refused where it is missing', async () => {
    await expect(readScores(join(folder, 'gone.csv'))).rejects.toMatchObject({ tag: 'source' });
  });
});
