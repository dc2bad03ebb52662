import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolvePairs } from '../../src/cli/commands/masks/resolve-pairs.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-mask-pairs-'));
  for (const part of ['slides', 'drawn']) mkdirSync(join(folder, part));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The slide of each annotation, by their names. */
async function pair(slides: readonly string[], annotations: readonly string[]) {
  for (const name of slides) writeFileSync(join(folder, 'slides', name), '');
  for (const name of annotations) writeFileSync(join(folder, 'drawn', name), '');
  const given = { slide: join(folder, 'slides'), mpp: undefined, mppCsv: undefined };
  const pairs = await resolvePairs([join(folder, 'drawn')], given);
  return Object.fromEntries(
    pairs.map(({ annotation, slide }) => [basename(annotation), slide && basename(slide.path)]),
  );
}

describe('the slide of an annotation', () => {
  it('is told of where a list of pixel sizes names no such slide', async () => {
    for (const file of ['slides/one.svs', 'drawn/one.xml']) writeFileSync(join(folder, file), '');
    const mppCsv = join(folder, 'mpp.csv');
    writeFileSync(mppCsv, 'slide,mpp\none,0.5\ntwo,0.25\n');
    const warnings: string[] = [];
    const onWarning = (message: string) => void warnings.push(message);
    const given = { slide: join(folder, 'slides'), mpp: undefined, mppCsv, onWarning };
    const [found] = await resolvePairs([join(folder, 'drawn')], given);
    expect(found?.slide).toMatchObject({ mpp: 0.5 });
    expect(warnings).toEqual([expect.stringContaining('two')]);
  });

  it('is the one of its name, also where another name begins alike', async () => {
    expect(await pair(['case.svs', 'case.2.svs', 'other.ndpi'], ['case.xml', 'case.2.xml', 'other.ndpi.ndpa'])).toEqual(
      {
        'case.xml': 'case.svs',
        'case.2.xml': 'case.2.svs',
        'other.ndpi.ndpa': 'other.ndpi',
      },
    );
  });

  it('is none where only the beginning of a name is alike', async () => {
    expect(await pair(['case.svs', 'more.svs'], ['case.2.xml', 'more.xml'])).toEqual({
      'case.2.xml': undefined,
      'more.xml': 'more.svs',
    });
  });
});
