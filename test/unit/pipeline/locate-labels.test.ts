import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { locateLabels } from '../../../src/pipeline/locate-labels.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-locate-labels-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);
function put(...names: string[]) {
  for (const name of names) writeFileSync(at(name), '');
}
const locateMask = async (mask: string, slide: string) => (await locateLabels({ mask }, slide)).mask;
const locateDrawn = async (annotations: string, slide: string) =>
  (await locateLabels({ annotations }, slide)).annotations;

describe('the labels of a slide', () => {
  it('are those of its name, and never of a slide whose name begins alike', async () => {
    put('case.2.tif', 'case.2.xml', 'other.ndpi.ndpa', 'mask.png.record.json');
    expect(await locateMask(folder, '/slides/case.2.svs')).toBe(at('case.2.tif'));
    expect(await locateMask(folder, '/slides/case.svs')).toBe(at('case.tif'));
    expect(await locateDrawn(folder, '/slides/case.svs')).toBe(at('case.xml'));
    expect(await locateDrawn(folder, '/slides/other.ndpi')).toBe(at('other.ndpi.ndpa'));
  });

  it('have its name as it is, or as slideloom writes it', async () => {
    put('Case 1.png', 'Case_2.png', '$&.png');
    expect(await locateMask(at('{stem}.png'), '/slides/Case 1.svs')).toBe(at('Case 1.png'));
    expect(await locateMask(at('{stem}.png'), '/slides/Case 2.svs')).toBe(at('Case_2.png'));
    expect(await locateMask(at('{stem}.png'), '/slides/$&.svs')).toBe(at('$&.png'));
    expect(await locateMask(at('{stem}.png'), '/slides/none.svs')).toBe(at('none.png'));
  });

  it('are refused where a folder has several', async () => {
    put('case.tif', 'case.png');
    await expect(locateMask(folder, 'case.svs')).rejects.toThrow(/one file for the slide case/);
    mkdirSync(at('masks'));
    expect(await locateMask(at('masks/case.tif'), 'case.svs')).toBe(at('masks/case.tif'));
  });
});
