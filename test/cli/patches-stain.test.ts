import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPatchTable } from '../../src/preprocessing/extract-patches/patch-table.ts';
import {
  readStainProfile,
  writeStainProfile,
} from '../../src/preprocessing/stain-normalization/profiles/profile-file.ts';
import { combineProfiles } from '../../src/preprocessing/stain-normalization/profiles/stain-profile.ts';
import { fitStainProfile } from '../../src/preprocessing/stain-normalization.ts';
import { createSyntheticSlide } from '../../src/slide/synthetic-slide.ts';
import { snapshotWrites } from '../support/snapshot-folder.ts';
import { buildTiff } from '../support/tiny-tiff.ts';
import { runInProcess } from './run-in-process.ts';

let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-stain-cli-'));
  for (const [index, name] of ['one', 'two'].entries())
    await createSyntheticSlide(at(`${name}.svs`), { width: 1800, height: 1500, seed: 9 + index, associatedImages: [] });
  writeFileSync(at('bad.svs'), 'this is no slide');
  const image = { width: 512, height: 256, tileWidth: 256, tileHeight: 256, samples: 3, photometric: 2 };
  const white = new Uint8Array(3 * 256 * 256).fill(250);
  writeFileSync(at('blank.tif'), buildTiff([{ ...image, chunks: [white, white] }]).bytes);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PLAN = ['--size', '256', '--level', '0', '--no-overview', '--workers', '2', '--quiet'];
const run = (command: string, slides: readonly string[], out: string, ...more: string[]) =>
  runInProcess([command, ...slides.map((name) => at(name)), '--out', at(out), ...PLAN, ...more]);

async function readRows(folderOfSlide: string) {
  const rows = [];
  for await (const row of readPatchTable(at(`${folderOfSlide}/patches/patches.csv`))) rows.push(row);
  return rows;
}

describe('patches --stain', () => {
  it('normalises by the stains of each slide, to a target, and keeps the profile', async () => {
    const target = ['--stain', 'macenko', '--stain-target', at('two.svs')];
    const { code, stderr } = await run('patches', ['one.svs'], 'a', ...target);
    expect([code, stderr]).toEqual([0, '']);
    const rows = await readRows('a/one');
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.every(({ stain }) => stain === 'normalized')).toBe(true);
    const profile = at('a/one/patches/stain-profile.json');
    expect((await readStainProfile(profile)).inputs[0]?.name).toBe('one.svs');
    const before = snapshotWrites(at('a/one'));
    expect((await run('patches', ['one.svs'], 'a', ...target)).code).toBe(0);
    expect(snapshotWrites(at('a/one'))).toEqual(before);
    const given = await run('patches', ['one.svs'], 'b', ...target, '--stain-profile', profile);
    expect(given.code).toBe(0);
    expect((await readRows('b/one')).map(({ sha256 }) => sha256)).toEqual(rows.map(({ sha256 }) => sha256));
    expect(existsSync(at('b/one/patches/stain-profile.json'))).toBe(false);
    // A dry run cuts them all where they are this few, in the colours that they will have.
    const dry = await run('patches', ['one.svs'], 'dry', ...target, '--dry-run', '--json');
    const bytes = rows.reduce(
      (sum, { sha256: _hash, ...row }) => sum + statSync(at(`a/one/patches/${row.path}`)).size,
      0,
    );
    expect(rows.length).toBeLessThan(24);
    expect(JSON.parse(dry.stdout)).toMatchObject({ total: { patches: rows.length, bytes } });
  });

  it('keeps the colours of glass and says so', async () => {
    const { code, stdout } = await run('patches', ['blank.tif'], 'c', '--no-tissue', '--stain', 'macenko');
    expect(code).toBe(0);
    expect(stdout).toMatch(/2 patches, 2 in their own colours/);
    const failed = await run(
      'patches',
      ['blank.tif'],
      'd',
      '--no-tissue',
      '--stain',
      'macenko',
      '--on-degenerate',
      'throw',
    );
    expect(failed.code).toBe(1);
    expect(failed.stdout).toMatch(/stains can't be told \(too-few-tissue-pixels\)/);
  });

  it('says what is wrong', async () => {
    await writeStainProfile(at('m.json'), await fitStainProfile(at('two.svs')));
    const wrong: [string[], number, RegExp][] = [
      [['--stain-target', 'a.png'], 2, /--stain-target .*\n.*--stain macenko/],
      [['--stain', 'purple'], 2, /one of macenko.*--stain/],
      [
        ['--stain', 'macenko', '--stain-fit', 'patch', '--stain-profile', 'a.json'],
        2,
        /--stain-profile .*--stain-fit patch/,
      ],
      [['--stain', 'macenko', '--stain-target', at('none.png')], 1, /none\.png/],
      [['--stain', 'reinhard'], 2, /--stain-target/],
      [['--stain', 'reinhard', '--dry-run'], 2, /--stain-target/],
      [['--stain', 'macenko', '--stain-profile', at('none.json')], 1, /none\.json/],
      [['--stain', 'macenko', '--stain-profile', at('none.json'), '--dry-run'], 1, /none\.json/],
      [['--stain', 'vahadane', '--stain-target', at('two.svs'), '--stain-profile', at('m.json')], 2, /--stain-profile/],
      [['--stain', 'macenko', '--format', 'coordinates'], 2, /--format/],
    ];
    for (const [args, code, message] of wrong) {
      const result = await run('patches', ['one.svs'], 'e', ...args);
      expect([args, result.code]).toEqual([args, code]);
      expect(result.stdout + result.stderr).toMatch(message);
    }
    // Before a slide is opened.
    expect(existsSync(at('e/one'))).toBe(false);
    const dry = await run(
      'patches',
      ['one.svs'],
      'e',
      '--dry-run',
      '--stain',
      'macenko',
      '--stain-target',
      at('none.png'),
    );
    expect(dry.code).toBe(1);
  });
});

describe('run --stain-fit cohort', () => {
  it('looks at all slides before it cuts the first; one that fails has no say', async () => {
    const slides = ['one.svs', 'bad.svs', 'two.svs'];
    const cohort = ['--stain', 'macenko', '--stain-fit', 'cohort'];
    const { code, stdout } = await run('run', slides, 'f', ...cohort, '--json');
    expect(code).toBe(1);
    type Row = { id: string; status: string; notices: string[]; patches?: { stains: unknown } };
    const { rows } = JSON.parse(stdout) as { rows: Row[] };
    expect(rows.map(({ notices }) => notices.filter((notice) => /no say in the stains/.test(notice)).length)).toEqual([
      0, 1, 0,
    ]);
    expect(rows.map(({ id, status }) => [id, status])).toEqual([
      ['one', 'done'],
      ['bad', 'failed'],
      ['two', 'done'],
    ]);
    expect(rows[0]?.patches?.stains).toEqual([{ stain: 'normalized', patches: (await readRows('f/one')).length }]);
    const own = await Promise.all(
      ['one', 'two'].map((id) => readStainProfile(at(`f/${id}/patches/stain-profile.json`))),
    );
    const together = await readStainProfile(at('f/stain-profile.json'));
    expect(together.statistics).toEqual(combineProfiles(own).statistics);
    const record = JSON.parse(readFileSync(at('f/two/patches/record.json'), 'utf8')) as { options: { stain: object } };
    expect(record.options.stain).toMatchObject({ fit: 'cohort', source: together.statistics });
    const report = readFileSync(at('f/report.html'), 'utf8');
    expect(report).toMatch(/normalized \d+/);
    expect(report).toContain('stain.method');
  });

  it('leaves a finished run as it is', async () => {
    const cohort = ['--stain', 'macenko', '--stain-fit', 'cohort'];
    expect((await run('patches', ['one.svs', 'two.svs'], 'g', ...cohort)).code).toBe(0);
    const before = snapshotWrites(at('g'));
    expect((await run('patches', ['one.svs', 'two.svs'], 'g', ...cohort)).code).toBe(0);
    const changed = [...snapshotWrites(at('g'))].filter(([file, id]) => before.get(file) !== id).map(([file]) => file);
    expect(changed).toEqual([]);
  });

  it('has the profile of its members, whatever a run before it left there', async () => {
    const cohort = ['--stain', 'macenko', '--stain-fit', 'cohort'];
    const profile = at('h/stain-profile.json');
    await run('patches', ['one.svs', 'two.svs'], 'h', ...cohort);
    const text = readFileSync(profile, 'utf8');
    // As of members that were sampled in another way: nothing else tells it.
    writeFileSync(profile, text.replace(/"tissuePixels": \d+/, '"tissuePixels": 77'));
    await run('patches', ['one.svs', 'two.svs'], 'h', ...cohort);
    expect(readFileSync(profile, 'utf8')).toBe(text);
  });

  it('keeps colours where no slide has stains', async () => {
    const cohort = ['--stain', 'macenko', '--stain-fit', 'cohort', '--no-tissue'];
    const { code, stdout } = await run('patches', ['blank.tif'], 'i', ...cohort);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/2 patches, 2 in their own colours/)]);
    const none = await run('patches', ['bad.svs'], 'j', ...cohort);
    expect(none.code).toBe(1);
    expect(none.stdout).toMatch(/bad: failed: .*bad\.svs/);
  });
});
