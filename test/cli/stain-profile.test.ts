import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sharp } from '../../src/io/codec/sharp.ts';
import { readStainProfile } from '../../src/preprocessing/stain-normalization/profiles/profile-file.ts';
import { fitStainProfile } from '../../src/preprocessing/stain-normalization.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { createSyntheticSlide } from '../../src/slide/synthetic-slide.ts';
import { runInProcess } from './run-in-process.ts';

let folder: string;
let slide: string;
let patch: string;
let glass: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-stain-profile-'));
  slide = join(folder, 'slide.svs');
  await createSyntheticSlide(slide, { width: 1100, height: 900, tissueShare: 0.6, seed: 3, mpp: 0.5 });
  mkdirSync(join(folder, 'patches'));
  patch = join(folder, 'patches', 'tissue.png');
  glass = join(folder, 'patches', 'glass.png');
  await using source = await openSlide(slide);
  const { data } = await source.readRegion({ x: 450, y: 350, level: 0, width: 200, height: 150 });
  await sharp(data, { raw: { width: 200, height: 150, channels: 3 } })
    .png()
    .toFile(patch);
  await sharp({ create: { width: 60, height: 40, channels: 3, background: '#f4f4f4' } })
    .png()
    .toFile(glass);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('shows the stains of a slide beside the reference, and writes the profile', async () => {
  const out = join(folder, 'profile.json');
  const picture = join(folder, 'stains.svg');
  const { code, stdout } = await runInProcess(['stain-profile', slide, '--out', out, '--picture', picture]);
  expect(code).toBe(0);
  const profile = await fitStainProfile(slide);
  expect(await readStainProfile(out)).toEqual(JSON.parse(JSON.stringify(profile)));
  const { statistics } = profile;
  if (statistics?.kind !== 'stains') throw new Error('no stains');
  for (const stain of statistics.stains) for (const value of stain) expect(stdout).toContain(value.toFixed(4));
  expect(stdout).toMatch(/haematoxylin .* #[0-9a-f]{6} .*°/);
  expect(stdout).toContain('compared with reference of macenko');
  const svg = readFileSync(picture, 'utf8');
  expect(svg).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
  // A dot for each stain of the slide and of the reference.
  expect(svg.match(/<circle /g)).toHaveLength(4);
  const again = await runInProcess(['stain-profile', slide, '--out', out]);
  expect(again.code).toBe(1);
  expect(again.stderr).toMatch(/is there already[\s\S]*--overwrite/);
});

it('is JSON for programs: no stains are a result, what can not be read is a failure', async () => {
  const torn = join(folder, 'torn.json');
  writeFileSync(torn, '{"schema":');
  const { code, stdout } = await runInProcess(['stain-profile', join(folder, 'patches'), torn, '--json']);
  expect(code).toBe(1);
  const { profiles, against } = JSON.parse(stdout);
  expect(against).toBe('reference of macenko');
  const [first, second, third] = profiles;
  expect(first).toMatchObject({ input: 'glass.png', status: 'degenerate', profile: { reason: expect.any(String) } });
  expect(second).toMatchObject({ input: 'tissue.png', status: 'fitted', comparison: { kind: 'stains' } });
  expect(third).toMatchObject({ status: 'failed', error: { tag: 'source' } });
});

it('compares: a profile with itself differs by nothing, and of a cohort the mean is written', async () => {
  const out = join(folder, 'cohort.json');
  const args = ['stain-profile', slide, patch, '--cohort', '--out', out, '--against', slide, '--json'];
  const { code, stdout } = await runInProcess(args);
  expect(code).toBe(0);
  const [own, other, cohort] = JSON.parse(stdout).profiles;
  expect(Math.max(...own.comparison.angles)).toBeLessThan(1e-4);
  expect(own.comparison.strengths).toEqual([1, 1]);
  expect(other.comparison.angles[0]).toBeGreaterThan(0);
  expect(cohort.profile).toMatchObject({ of: 'cohort' });
  expect(await readStainProfile(out)).toEqual(cohort.profile);
});

it('shows colour moments of Reinhard methods, also as PNG', async () => {
  const picture = join(folder, 'moments.png');
  const { code, stdout } = await runInProcess([
    'stain-profile',
    patch,
    slide,
    '--method',
    'reinhard',
    '--picture',
    picture,
  ]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/axis +mean +deviation +shift/);
  expect(stdout).toContain(`compared with ${patch}`);
  expect(await sharp(picture).metadata()).toMatchObject({ format: 'png' });
});

it('says so where no dye has such stains', async () => {
  const inked = join(folder, 'inked.png');
  // Green ink of many strengths beside eosin.
  const data = Uint8Array.from({ length: 96 * 96 * 3 }, (_, i) => {
    const [pixel, channel] = [Math.floor(i / 3), i % 3];
    const density = pixel % 2 === 0 ? [0.93, 0.22, 0.29] : [0.27, 0.81, 0.52];
    return 240 * Math.exp(-(0.3 + ((pixel * 7) % 100) / 100) * (density[channel] ?? 0));
  });
  await sharp(data, { raw: { width: 96, height: 96, channels: 3 } })
    .png()
    .toFile(inked);
  const { stdout } = await runInProcess(['stain-profile', inked, patch]);
  expect(stdout.match(/implausible/g)).toHaveLength(1);
  const { profiles } = JSON.parse((await runInProcess(['stain-profile', inked, patch, '--json'])).stdout);
  expect(profiles.map(({ plausible }: { plausible: boolean }) => plausible)).toEqual([false, true]);
});

it.each<[string, string[], RegExp]>([
  ['a picture of glass alone', ['GLASS', '--against', 'GLASS', '--picture', 'x.svg'], /at least one profile with stat/],
  ['a picture of another kind', ['PATCH', '--picture', 'x.gif'], /\.svg or \.png/],
  ['no patches', ['SLIDE', '--patches', '0', '--json'], /patches/],
])('says what is wrong: %s', async (_name, words, message) => {
  const paths: Readonly<Record<string, string>> = { GLASS: glass, PATCH: patch, SLIDE: slide };
  const { code, stdout, stderr } = await runInProcess(['stain-profile', ...words.map((word) => paths[word] ?? word)]);
  expect(code).toBeGreaterThan(0);
  expect(stdout + stderr).toMatch(message);
  expect(existsSync('x.svg')).toBe(false);
});
