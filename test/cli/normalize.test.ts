import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharp } from '../../src/io/codec/sharp.ts';
import { createStainNormalizer, fitStainProfile } from '../../src/preprocessing/stain-normalization.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { createSyntheticSlide } from '../../src/slide/synthetic-slide.ts';
import { parseCsvTable } from '../../src/utils/csv.ts';
import { writeJpegSlide } from '../support/jpeg-slide.ts';
import { createTableProfile } from '../support/tiny-icc.ts';
import { runInProcess } from './run-in-process.ts';

let folder: string;
let slide: string;
/** A patch of tissue, 200 x 150. */
let tissue: { data: Uint8Array; info: { width: number; height: number } };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-normalize-'));
  slide = join(folder, 'slide.svs');
  await createSyntheticSlide(slide, { width: 1100, height: 900, tissueShare: 0.6, seed: 3, mpp: 0.5 });
  await using source = await openSlide(slide);
  const { data } = await source.readRegion({ x: 450, y: 350, level: 0, width: 200, height: 150 });
  tissue = { data, info: { width: 200, height: 150 } };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function toSharp(data = tissue.data, channels: 3 | 4 = 3) {
  return sharp(data, { raw: { width: 200, height: 150, channels } });
}

function withAlpha(): Uint8Array {
  const rgba = new Uint8Array(200 * 150 * 4);
  for (let i = 0; i < 200 * 150; i++) rgba.set([...tissue.data.subarray(i * 3, i * 3 + 3), (i * 7) % 256], i * 4);
  return rgba;
}

/** A folder with a tree: two PNG (one with alpha), a TIFF, glass, and things that can't be normalised. */
async function makeTree(name: string): Promise<string> {
  const root = join(folder, name);
  for (const one of ['a', 'b/deep', 'bad']) mkdirSync(join(root, one), { recursive: true });
  await toSharp().png().toFile(join(root, 'a/tissue.png'));
  await toSharp(withAlpha(), 4).png().toFile(join(root, 'a/alpha.png'));
  await toSharp().tiff({ compression: 'lzw' }).toFile(join(root, 'b/deep/tissue.tif'));
  const glass = new Uint8Array(200 * 150 * 3).fill(243);
  await toSharp(glass).jpeg().toFile(join(root, 'b/glass.jpg'));
  await toSharp().toColourspace('b-w').png().toFile(join(root, 'bad/grey.png'));
  const wide = Uint16Array.from(tissue.data, (value) => value * 257);
  await sharp(wide, { raw: { width: 200, height: 150, channels: 3 } })
    .toColourspace('rgb16')
    .png()
    .toFile(join(root, 'bad/wide.png'));
  writeFileSync(join(root, 'bad/empty.png'), '');
  const whole = readFileSync(join(root, 'a/tissue.png'));
  writeFileSync(join(root, 'bad/torn.png'), whole.subarray(0, whole.length >> 1));
  writeFileSync(join(root, 'bad/text.jpg'), 'this is no picture');
  return root;
}

async function readRgb(path: string, channels = 3): Promise<Uint8Array> {
  const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true });
  expect(info.channels).toBe(channels);
  return new Uint8Array(data);
}

function readTable(out: string) {
  const { rows } = parseCsvTable(readFileSync(join(out, 'normalize.csv'), 'utf8'));
  return new Map(rows.map((row) => [row['output'], row]));
}

describe('a folder', () => {
  it('keeps its tree, formats and alpha; faults are rows, and the exit code is 1', async () => {
    const root = await makeTree('tree');
    const out = join(folder, 'out');
    const { code, stdout, stderr } = await runInProcess(['normalize', root, '--out', out]);
    expect(code).toBe(1);
    expect(stdout).toContain('9 images: 3 normalized, 1 kept (too-few-tissue-pixels 1), 5 failed');
    expect(stderr).toMatch(/pictures/);
    const normalizer = await createStainNormalizer();
    const expected = normalizer.transform({ ...tissue.info, channels: 3, data: tissue.data }).pixels;
    expect(expected).not.toEqual(tissue.data);
    expect(await readRgb(join(out, 'a/tissue.png'))).toEqual(expected);
    expect(await readRgb(join(out, 'b/deep/tissue.tif'))).toEqual(expected);
    const rgba = await readRgb(join(out, 'a/alpha.png'), 4);
    const source = withAlpha();
    for (let i = 0; i < 200 * 150; i++) source.set(expected.subarray(i * 3, i * 3 + 3), i * 4);
    expect(rgba).toEqual(source);
    // What stays as it is, is the same file.
    expect(readFileSync(join(out, 'b/glass.jpg')).equals(readFileSync(join(root, 'b/glass.jpg')))).toBe(true);
    const rows = readTable(out);
    expect(rows.get('b/glass.jpg')).toMatchObject({ status: 'kept', reason: 'too-few-tissue-pixels' });
    expect(rows.get('bad/grey.png')).toMatchObject({ status: 'failed', reason: expect.stringMatching(/grey/) });
    expect(rows.get('bad/wide.png')).toMatchObject({ status: 'failed', reason: expect.stringMatching(/ushort/) });
    expect(rows.get('bad/empty.png')).toMatchObject({ status: 'failed', reason: expect.stringMatching(/empty/) });
    expect(rows.get('bad/torn.png')).toMatchObject({ status: 'failed' });
    expect(rows.get('bad/text.jpg')).toMatchObject({ status: 'failed' });
    expect(existsSync(join(out, 'bad'))).toBe(false);
    const { format, width = 0 } = await sharp(join(out, 'contact-sheet.jpg')).metadata();
    expect(format).toBe('jpeg');
    expect(width).toBeGreaterThan(1000);
  });

  it('is JSON for programs, and may be of another format', async () => {
    const root = await makeTree('json');
    const out = join(folder, 'out-json');
    const args = ['normalize', join(root, 'a'), join(root, 'b/glass.jpg'), '--out', out, '--format', 'tiff', '--json'];
    const { code, stdout } = await runInProcess([...args, '--sheet', 'none']);
    expect(code).toBe(0);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ method: 'macenko', target: 'reference', normalized: 2, kept: 1, failed: 0 });
    expect(result.images[0]).toMatchObject({ kind: 'picture', status: 'normalized', width: 200, height: 150 });
    expect(existsSync(join(out, 'contact-sheet.jpg'))).toBe(false);
    const rgba = await readRgb(join(out, 'alpha.tif'), 4);
    expect(rgba[7]).toBe(7);
    expect((await readRgb(join(out, 'glass.tif')))[0]).toBe(243);
  });

  it('continues where a run was stopped, and makes again what other options ask for', async () => {
    const root = await makeTree('resume');
    rmSync(join(root, 'bad'), { recursive: true });
    const out = join(folder, 'out-resume');
    const run = (...more: string[]) => runInProcess(['normalize', root, '--out', out, '--json', ...more]);
    expect((await run()).code).toBe(0);
    const table = join(out, 'normalize.csv');
    const [first, second] = [join(out, 'a/tissue.png'), join(out, 'a/alpha.png')];
    const whole = readFileSync(first);
    const { mtimeMs } = statSync(second);
    // As if it was killed in the middle of a line, with a file that no line speaks of but as started.
    const lines = readFileSync(table, 'utf8').split('\n');
    const kept = lines.filter((line) => !line.startsWith('a/tissue.png'));
    writeFileSync(table, `${kept.join('\n')}a/tissue.png,a/tissue.png,picture,started,,,,,0\na/tissue.p`);
    writeFileSync(first, 'half a file');
    const again = JSON.parse((await run()).stdout);
    expect(again).toMatchObject({ normalized: 3, kept: 1, failed: 0, earlier: 3 });
    expect(readFileSync(first).equals(whole)).toBe(true);
    expect(statSync(second).mtimeMs).toBe(mtimeMs);
    expect(readFileSync(table, 'utf8').split('\n')).toEqual(lines);
    // A damaged output is made again.
    truncateSync(second, 10);
    expect(JSON.parse((await run()).stdout)).toMatchObject({ earlier: 3 });
    expect(JSON.parse((await run('--method', 'macenko-henorm')).stdout)).toMatchObject({ normalized: 3, earlier: 0 });
    // Glass fails where it must not be kept, and its file is gone.
    const strict = await run('--on-degenerate', 'throw');
    expect(strict.code).toBe(1);
    expect(JSON.parse(strict.stdout)).toMatchObject({ normalized: 3, kept: 0, failed: 1 });
    expect(existsSync(join(out, 'b/glass.jpg'))).toBe(false);
  });

  it('does not touch files that it did not make', async () => {
    const root = await makeTree('foreign');
    const out = join(folder, 'out-foreign');
    mkdirSync(join(out, 'a'), { recursive: true });
    writeFileSync(join(out, 'a/tissue.png'), 'mine');
    const { code, stdout } = await runInProcess(['normalize', join(root, 'a'), '--out', join(out, 'a'), '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).images[1]).toMatchObject({ status: 'failed', error: { tag: 'output' } });
    expect(readFileSync(join(out, 'a/tissue.png'), 'utf8')).toBe('mine');
    // The table now speaks of the file: it is none of ours for that.
    expect((await runInProcess(['normalize', join(root, 'a'), '--out', join(out, 'a')])).code).toBe(1);
    expect(readFileSync(join(out, 'a/tissue.png'), 'utf8')).toBe('mine');
    expect((await runInProcess(['normalize', root, '--out', root])).code).toBe(1);
    expect(await readRgb(join(root, 'a/tissue.png'))).toEqual(tissue.data);
  });

  it('does not replace its inputs by another name, with --overwrite neither', async () => {
    const root = await makeTree('linked');
    symlinkSync(root, join(folder, 'link'));
    const args = ['normalize', join(root, 'a'), '--out', join(folder, 'link/a'), '--overwrite', '--json'];
    const { code, stdout } = await runInProcess([...args, '--sheet', 'none']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).images[1].error.message).toMatch(/is the input itself/);
    expect(await readRgb(join(root, 'a/tissue.png'))).toEqual(tissue.data);
  });

  it('knows its own files again after a run that could not read the inputs', async () => {
    const root = await makeTree('unread');
    const out = join(folder, 'out-unread');
    const slides = join(root, 'slides');
    mkdirSync(slides);
    copyFileSync(slide, join(slides, 'one.svs'));
    const run = async () =>
      JSON.parse((await runInProcess(['normalize', slides, '--out', out, '--json', '--sheet', 'none'])).stdout);
    expect(await run()).toMatchObject({ normalized: 1 });
    writeFileSync(join(slides, 'one.svs'), 'no slide');
    expect(await run()).toMatchObject({ failed: 1 });
    copyFileSync(slide, join(slides, 'one.svs'));
    expect(await run()).toMatchObject({ normalized: 1, failed: 0 });
  });

  it('makes again what other glass asks for, and leaves white as it is', async () => {
    const root = join(folder, 'glassy');
    mkdirSync(root);
    const data = tissue.data.slice();
    data.fill(255, 0, 200 * 3 * 20);
    await toSharp(data).png().toFile(join(root, 'one.png'));
    const out = join(folder, 'out-glassy');
    const run = async (...more: string[]) =>
      JSON.parse((await runInProcess(['normalize', root, '--out', out, '--json', '--sheet', 'none', ...more])).stdout);
    expect(await run()).toMatchObject({ normalized: 1, earlier: 0 });
    const published = await readRgb(join(out, 'one.png'));
    expect(published[0]).toBeLessThan(255);
    expect(await run('--glass', 'keep')).toMatchObject({ normalized: 1, earlier: 0 });
    const kept = await readRgb(join(out, 'one.png'));
    expect(kept.subarray(0, 200 * 3 * 20).every((value) => value === 255)).toBe(true);
    expect(kept).not.toEqual(published);
    expect(await run('--glass', 'keep')).toMatchObject({ earlier: 1 });
  });

  it('takes one transform for the pictures of a folder with --fit slide, and for all with --fit cohort', async () => {
    const root = await makeTree('fits');
    for (const fit of ['slide', 'cohort']) {
      const out = join(folder, `out-fit-${fit}`);
      const args = ['normalize', join(root, 'a'), '--out', out, '--fit', fit, '--sheet', 'none'];
      expect((await runInProcess(args)).code).toBe(0);
      // The two pictures have the same pixels, so that the pool of both has the statistics of one.
      const normalizer = await createStainNormalizer();
      const own = normalizer.transform({ ...tissue.info, channels: 3, data: tissue.data }).pixels;
      const made = await readRgb(join(out, 'tissue.png'));
      expect(Math.max(...made.map((value, i) => Math.abs(value - (own[i] ?? 0))))).toBeLessThanOrEqual(1);
    }
    const profile = await fitStainProfile(slide);
    const out = join(folder, 'out-source');
    const args = ['normalize', join(root, 'a'), '--out', out, '--source', slide, '--sheet', 'none'];
    expect((await runInProcess(args)).code).toBe(0);
    const { pixels } = (await createStainNormalizer({ source: profile })).transform({
      ...tissue.info,
      channels: 3,
      data: tissue.data,
    });
    expect(await readRgb(join(out, 'tissue.png'))).toEqual(pixels);
  });
});

describe('a picture', () => {
  it('is a file, upright, of the format that its name says', async () => {
    const input = join(folder, 'turned.jpg');
    await toSharp().jpeg({ quality: 95 }).withMetadata({ orientation: 6 }).toFile(input);
    const out = join(folder, 'upright.png');
    const { code, stdout } = await runInProcess(['normalize', input, '--out', out]);
    expect(code).toBe(0);
    expect(stdout).toContain('150 x 200');
    expect(await sharp(out).metadata()).toMatchObject({ format: 'png', width: 150, height: 200 });
    const again = await runInProcess(['normalize', input, '--out', out]);
    expect(again.code).toBe(1);
    expect(again.stdout).toMatch(/is there already[\s\S]*hint: .*--overwrite/);
    expect((await runInProcess(['normalize', input, '--out', out, '--overwrite'])).code).toBe(0);
    const other = await runInProcess(['normalize', input, '--out', join(folder, 'other.png'), '--format', 'jpeg']);
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(/png, as --out says/);
    expect(existsSync(join(folder, 'other.png'))).toBe(false);
  });

  it('with alpha is no JPEG', async () => {
    const input = join(folder, 'alpha.png');
    await toSharp(withAlpha(), 4).png().toFile(input);
    const { code, stdout } = await runInProcess(['normalize', input, '--out', join(folder, 'alpha.jpg')]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/JPEG has no alpha[\s\S]*--format png/);
  });
});

describe('a slide', () => {
  const read = async (path: string, level = 0) => {
    await using source = await openSlide(path);
    const { width = 0, height = 0 } = source.levels[level] ?? {};
    return await source.readRegion({ x: 0, y: 0, level, width, height });
  };

  it('normalised in tiles is the slide normalised whole: every pixel of every level', async () => {
    const out = join(folder, 'normalized.tif');
    const args = ['normalize', slide, '--out', out, '--compression', 'deflate', '--tile-size', '128'];
    const { code, stdout, stderr } = await runInProcess([...args, '--sheet', join(folder, 'slide-sheet.jpg')]);
    expect(stdout).toMatch(/1100 x 900, .*, normalized/);
    expect(code).toBe(0);
    expect(stderr).toMatch(/tiles/);
    const normalizer = await createStainNormalizer({ source: await fitStainProfile(slide) });
    await using before = await openSlide(slide);
    await using after = await openSlide(out);
    expect(after.levels.map(({ width, height }) => [width, height])).toEqual(
      before.levels.map(({ width, height }) => [width, height]),
    );
    expect(after.levels[0]?.tileWidth).toBe(128);
    expect(after.mpp).toMatchObject({ x: 0.5, y: 0.5 });
    expect(after.objectivePower).toBe(before.objectivePower);
    expect([...after.associatedImages].sort()).toEqual([...before.associatedImages].sort());
    for (const level of before.levels.keys()) {
      const whole = normalizer.transform(await read(slide, level)).pixels;
      expect(Buffer.compare((await read(out, level)).data, whole), `level ${level}`).toBe(0);
    }
    // The check can fail: pieces with statistics of their own have seams.
    const alone = await createStainNormalizer();
    const region = { x: 0, y: 0, level: 0, width: 512, height: 512 };
    const piece = alone.transform(await before.readRegion(region)).pixels;
    expect(Buffer.compare((await after.readRegion(region)).data, piece)).not.toBe(0);
    expect(await sharp(join(folder, 'slide-sheet.jpg')).metadata()).toMatchObject({ format: 'jpeg' });
  });

  it('goes into a folder with its profile, and is not made twice', async () => {
    const out = join(folder, 'slides-out');
    const args = ['normalize', slide, '--out', `${out}/`, '--json', '--strip-associated', '--sheet', 'none'];
    const first = JSON.parse((await runInProcess(args)).stdout);
    expect(first.images[0]).toMatchObject({ kind: 'slide', status: 'normalized', badTiles: 0 });
    expect(existsSync(join(out, 'stain-profiles/macenko/slide/stain-profile.json'))).toBe(true);
    const { mtimeMs } = statSync(join(out, 'slide.tif'));
    expect(JSON.parse((await runInProcess(args)).stdout)).toMatchObject({ normalized: 1, earlier: 1 });
    expect(statSync(join(out, 'slide.tif')).mtimeMs).toBe(mtimeMs);
    await using after = await openSlide(join(out, 'slide.tif'));
    expect(after.associatedImages).toEqual([]);
  });

  it('is made again in the colours of its ICC profile, by the stains of those', async () => {
    const profiled = join(folder, 'profiled.tif');
    await writeJpegSlide(profiled, { width: 2300, height: 2100, tile: 256, icc: createTableProfile() });
    const out = join(folder, 'profiled-out');
    const args = ['normalize', profiled, '--out', `${out}/`, '--json', '--sheet', 'none', '--mpp', '0.5'];
    const readProfile = () => readFileSync(join(out, 'stain-profiles/macenko/profiled/stain-profile.json'), 'utf8');
    const run = async (...more: string[]) => JSON.parse((await runInProcess([...args, ...more])).stdout);
    expect(await run()).toMatchObject({ failed: 0, earlier: 0 });
    const stored = readProfile();
    expect(await run('--icc', 'srgb')).toMatchObject({ failed: 0, earlier: 0 });
    expect(JSON.parse(readProfile()).parameters.icc).toMatchObject({ target: 'srgb' });
    expect(readProfile()).not.toBe(stored);
    expect(await run('--icc', 'srgb')).toMatchObject({ earlier: 1 });
  });

  it('has its own colours where its stains can not be told, with its tiles copied', async () => {
    const glass = join(folder, 'glass.tif');
    await sharp({ create: { width: 2300, height: 2100, channels: 3, background: '#f3f3f3' } })
      .tiff({ tile: true, tileWidth: 256, tileHeight: 256, compression: 'jpeg', pyramid: true })
      .toFile(glass);
    const out = join(folder, 'glass-out.tif');
    const { code, stdout } = await runInProcess(['normalize', glass, '--out', out, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).images[0]).toMatchObject({ kind: 'slide', status: 'kept', reason: expect.any(String) });
    expect(Buffer.compare((await read(out)).data, (await read(glass)).data)).toBe(0);
  });

  it('of damaged tiles fails, or is white there', async () => {
    const bad = join(folder, 'bad.tif');
    const kind = (col: number, row: number) => (col === 3 && row === 2 ? 'noise' : 'baseline');
    await writeJpegSlide(bad, { width: 2300, height: 2100, tile: 256, kind });
    const out = join(folder, 'bad-out.tif');
    const args = ['normalize', bad, '--out', out, '--source', slide, '--json'];
    const failed = await runInProcess(args);
    expect(failed.code).toBe(1);
    expect(JSON.parse(failed.stdout).images[0]).toMatchObject({ status: 'failed', error: { tag: 'tile' } });
    expect(existsSync(out)).toBe(false);
    const { code, stdout } = await runInProcess([...args, '--on-bad-tile', 'white']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).images[0]).toMatchObject({ status: 'normalized', badTiles: 1 });
    // The slide's own stains are found, and the sheet is made, of what can be read.
    const own = ['normalize', bad, '--out', `${join(folder, 'bad-out')}/`, '--on-bad-tile', 'white', '--json'];
    expect(JSON.parse((await runInProcess(own)).stdout).images[0]).toMatchObject({ badTiles: 1 });
  });
});

describe('wrong usage', () => {
  it.each<[string, string[], RegExp]>([
    ['nothing there', ['no-such-folder/*.png'], /expected pictures/],
    ['patches of a slide by themselves', ['SLIDE', '--fit', 'patch'], /slide or cohort for slides[\s\S]*seams/],
    ['a source and another scope', ['SLIDE', '--source', 'x.json', '--fit', 'cohort'], /--source/],
    ['no target', ['SLIDE', '--method', 'macenko-tiatoolbox'], /no reference of its own/],
    ['a method that is none', ['SLIDE', '--method', 'magenta'], /one of macenko/],
    ['a quality of 0', ['SLIDE', '--quality', '0'], /--quality/],
  ])('%s', async (_name, words, message) => {
    const args = words.map((word) => (word === 'SLIDE' ? slide : word));
    const { code, stderr } = await runInProcess(['normalize', ...args, '--out', join(folder, 'never')]);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
    expect(existsSync(join(folder, 'never'))).toBe(false);
  });

  it('two inputs that would be one file', async () => {
    const root = await makeTree('twice');
    await toSharp().png().toFile(join(root, 'b/deep/tissue.png'));
    const args = ['normalize', join(root, 'b'), '--out', join(folder, 'never'), '--format', 'png'];
    const { code, stderr } = await runInProcess(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/two for deep\/tissue\.png/);
  });
});
