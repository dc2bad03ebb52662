import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharp } from '../../../src/io/codec/sharp.ts';
import {
  readStainProfile,
  writeStainProfile,
} from '../../../src/preprocessing/stain-normalization/profiles/profile-file.ts';
import { sampleSlide } from '../../../src/preprocessing/stain-normalization/profiles/sample-slide.ts';
import {
  combineProfiles,
  type StainProfile,
} from '../../../src/preprocessing/stain-normalization/profiles/stain-profile.ts';
import { dot } from '../../../src/preprocessing/stain-normalization/vectors/vectors.ts';
import { createStainNormalizer, fitStainProfile } from '../../../src/preprocessing/stain-normalization.ts';
import { openSlide } from '../../../src/slide/open-slide.ts';
import { describeWithShared, sharedPath } from '../../support/shared-data.ts';
import { createFlat, createTissue } from '../../support/stain-tissue.ts';

const asImage = ({ width, height, data }: { width: number; height: number; data: Uint8Array }) => ({
  ...{ width, height, channels: 3 as const, data },
});
const tissue = asImage(createTissue());
const target = asImage(createTissue({ seed: 2, strength: [1.3, 0.8] }));

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stain-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('createStainNormalizer', () => {
  it('takes a target from pixels, a file, a profile and a profile file alike', async () => {
    const png = join(folder, 'target.png');
    const { width, height, data } = target;
    await sharp(data, { raw: { width, height, channels: 3 } })
      .png()
      .toFile(png);
    const profile = await fitStainProfile(target);
    const json = join(folder, 'target.json');
    await writeStainProfile(json, profile);
    const outputs = [];
    for (const one of [target, png, profile, json])
      outputs.push((await createStainNormalizer({ target: one })).transform(tissue).pixels);
    for (const output of outputs) expect(Buffer.compare(output, outputs[0]!)).toBe(0);
  });

  it('has a reference of its own for macenko, and says so where a method has none', async () => {
    const normalizer = await createStainNormalizer();
    expect(normalizer.target.of).toBe('reference');
    expect(normalizer.transform(tissue).status).toBe('normalized');
    await expect(createStainNormalizer({ method: 'ruifrok' })).rejects.toMatchObject({
      tag: 'option',
      option: 'target',
    });
  });

  it('takes the mean of several targets, or their pixels together', async () => {
    const other = asImage(createTissue({ width: 80, seed: 3, strength: [0.7, 1.4] }));
    const average = await createStainNormalizer({ target: [target, other] });
    const pooled = await createStainNormalizer({ target: [target, other], targetRule: 'pool' });
    const [a, b] = [average.target.statistics, pooled.target.statistics];
    if (a?.kind !== 'stains' || b?.kind !== 'stains') throw new Error('stains expected');
    expect(a.maxConcentrations).not.toEqual(b.maxConcentrations);
    const single = await Promise.all([target, other].map((one) => fitStainProfile(one)));
    const strengths = single.map(({ statistics }) =>
      statistics?.kind === 'stains' ? statistics.maxConcentrations[0]! : 0,
    );
    expect(a.maxConcentrations[0]).toBeCloseTo((strengths[0]! + strengths[1]!) / 2, 12);
    const profile = await fitStainProfile(target);
    await expect(createStainNormalizer({ target: [profile, other], targetRule: 'pool' })).rejects.toThrow(/pool/);
  });

  it('normalises by the source it is given, whatever a picture shows', async () => {
    const source = await fitStainProfile(tissue);
    const { transform, fit } = await createStainNormalizer({ target, source });
    expect(fit).toBe('slide');
    const own = (await createStainNormalizer({ target })).transform(tissue).pixels;
    expect(Buffer.compare(transform(tissue).pixels, own)).toBe(0);
    const purple = transform(asImage(createFlat([150, 90, 160], 4, 4)));
    expect(purple.status).toBe('normalized');
  });

  it('keeps all pictures of a slide without stains, or throws', async () => {
    const source = await fitStainProfile(asImage(createFlat([255, 255, 255])));
    expect(source).toMatchObject({ status: 'degenerate', reason: 'too-few-tissue-pixels' });
    const kept = (await createStainNormalizer({ target, source })).transform(tissue);
    expect(kept).toMatchObject({ status: 'kept', reason: 'too-few-tissue-pixels' });
    expect(Buffer.compare(kept.pixels, tissue.data)).toBe(0);
    await expect(createStainNormalizer({ target, source, onDegenerate: 'throw' })).rejects.toMatchObject({
      tag: 'stain',
    });
  });

  it('takes a cohort for what its slides have in common', async () => {
    const one = await fitStainProfile(tissue);
    const two = await fitStainProfile(target);
    const nothing = await fitStainProfile(asImage(createFlat([255, 255, 255])));
    const { profile, fit } = await createStainNormalizer({ target, source: [one, two, nothing] });
    expect(fit).toBe('cohort');
    if (profile?.statistics?.kind !== 'stains') throw new Error('stains expected');
    for (const stain of profile.statistics.stains) expect(Math.hypot(...stain)).toBeCloseTo(1, 12);
    expect(profile.pixels).toBe(one.pixels + two.pixels + nothing.pixels);
    expect(combineProfiles([nothing])).toMatchObject({ status: 'degenerate', reason: 'too-few-tissue-pixels' });
    expect(() => combineProfiles([one, { ...two, method: 'ruifrok' }])).toThrow(TypeError);
  });

  it.each([
    [{ fit: 'slide' }, /source/],
    [{ fit: 'patch', source: {} as StainProfile }, /source/],
    [{ source: [] }, /at least one profile/],
    [{ target: [] }, /at least one target/],
    [{ method: 'reinhardt' }, /method/],
    [{ onDegenerate: 'skip' }, /onDegenerate/],
  ])('refuses %j', async (options, message) => {
    await expect(createStainNormalizer(options as never)).rejects.toThrow(message);
  });

  it('refuses the profile of another method', async () => {
    const other = await fitStainProfile(target, { method: 'ruifrok' });
    await expect(createStainNormalizer({ target: other })).rejects.toMatchObject({ tag: 'option', option: 'target' });
  });

  it('refuses what is neither pixels, nor slide, profile or path', async () => {
    for (const other of [null, 3, true]) {
      await expect(createStainNormalizer({ target: other as never })).rejects.toMatchObject({ option: 'target' });
      await expect(createStainNormalizer({ source: [other] as never })).rejects.toMatchObject({ option: 'source' });
    }
  });

  it('refuses a seed that is no integer', async () => {
    await expect(createStainNormalizer({ seed: Number.NaN })).rejects.toMatchObject({ tag: 'option', option: 'seed' });
  });

  it.each<[string, object]>([
    ['strength', { maxConcentrations: [0, 1] }],
    ['strength', { maxConcentrations: [-1, 1] }],
    ['strength', { maxConcentrations: [1, Number.NaN] }],
    ['strength', { maxConcentrations: [1, Number.POSITIVE_INFINITY] }],
    ['2 stains', { maxConcentrations: [1] }],
    ['2 stains', { stains: [[1, 0, 0]], maxConcentrations: [1] }],
    ['one and the same', { stains: Array(2).fill([0.6, 0.7, 0.4]) }],
    ['length 1', { stains: [Array(3).fill(0), [0.2, 0.8, 0.6]] }],
    ['length 1', { stains: [[Number.NaN, 0.7, 0.4], [0.2, 0.8, 0.6]] }], // biome-ignore format: one case a line
    ['brighter', { stains: [[-0.6, -0.7, -0.4], [0.2, 0.8, 0.6]] }], // biome-ignore format: one case a line
    ["'color'", { kind: 'color', mean: [1, 2, 3], deviation: [1, 1, 1] }],
  ])('refuses a profile that would blacken every picture: %s %j', async (message, change) => {
    const profile = await fitStainProfile(target);
    const edited = { ...profile, statistics: { ...profile.statistics, ...change } } as StainProfile;
    for (const option of ['target', 'source'])
      await expect(createStainNormalizer({ [option]: edited })).rejects.toMatchObject({
        ...{ tag: 'option', option, message: expect.stringContaining(message) },
      });
    const path = join(folder, 'edited.json');
    await writeStainProfile(path, edited);
    await expect(createStainNormalizer({ source: path })).rejects.toMatchObject({ tag: 'source' });
  });

  it('refuses a profile of another version', async () => {
    const edited = { ...(await fitStainProfile(target)), schema: 'slideloom/stain-profile/v2' } as never;
    await expect(createStainNormalizer({ source: edited })).rejects.toMatchObject({ tag: 'option', option: 'source' });
  });
});

describe('profile files', () => {
  it('come back as they were written', async () => {
    const path = join(folder, 'round.json');
    const profile = await fitStainProfile(tissue);
    await writeStainProfile(path, profile);
    expect(await readStainProfile(path)).toEqual(profile);
  });

  it.each([
    ['not json', /JSON/],
    ['{}', /not a stain profile/],
    ['{"schema":"slideloom/stain-profile/v2"}', /schema/],
  ])('are refused where they are none: %s', async (text, message) => {
    const path = join(folder, 'bad.json');
    await writeFile(path, text);
    await expect(readStainProfile(path)).rejects.toThrow(message);
  });

  it('are refused with statistics that no separation has', async () => {
    const path = join(folder, 'bad.json');
    const profile = await fitStainProfile(tissue);
    const broken = { ...profile, statistics: { kind: 'stains', stains: [[1, 0, 0]], maxConcentrations: [1] } };
    await writeFile(path, JSON.stringify(broken));
    await expect(readStainProfile(path)).rejects.toThrow(/statistics/);
    await writeFile(path, JSON.stringify({ ...profile, statistics: undefined }));
    await expect(readStainProfile(path)).rejects.toThrow(/iff fitted/);
  });
});

describeWithShared('the profile of a slide', () => {
  const path = sharedPath('data', 'wsi', 'CMU-1-Small-Region.svs');
  const options = { patches: 12 };

  it('is the same for the same seed, and near that of another', async () => {
    const [a, b, c] = [
      await fitStainProfile(path, options),
      await fitStainProfile(path, options),
      await fitStainProfile(path, { ...options, seed: 7 }),
    ];
    expect(b).toEqual(a);
    expect(a).toMatchObject({ of: 'slide', status: 'fitted', pixels: 12 * 256 * 256 });
    expect(a.inputs[0]).toMatchObject({ name: 'CMU-1-Small-Region.svs', size: (await stat(path)).size });
    if (a.statistics?.kind !== 'stains' || c.statistics?.kind !== 'stains') throw new Error('stains expected');
    for (const [k, stain] of a.statistics.stains.entries())
      expect(dot(stain, c.statistics.stains[k]!)).toBeGreaterThan(Math.cos((15 * Math.PI) / 180));
  });

  it('lies beside its outputs and is taken from there, while slide and options are the same', async () => {
    const cacheFolder = join(folder, 'cache');
    const first = await fitStainProfile(path, { ...options, cacheFolder });
    expect(await readdir(cacheFolder)).toEqual(['stain-profile.json']);
    const file = join(cacheFolder, 'stain-profile.json');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace(/"tissuePixels": \d+/, '"tissuePixels": 1'));
    expect((await fitStainProfile(path, { ...options, cacheFolder })).tissuePixels).toBe(1);
    expect(await fitStainProfile(path, { ...options, seed: 43, cacheFolder })).not.toEqual(first);
    await writeFile(file, '{');
    expect(await fitStainProfile(path, { ...options, cacheFolder })).toEqual(first);
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  it('has pixels of its tissue only as far as its mask says', async () => {
    await using slide = await openSlide(path);
    const mask = { width: 4, height: 4, data: new Uint8Array(16), downsample: { x: 555, y: 742 } };
    const settings = { patches: 3, patchSize: 64, level: 0, seed: 1 };
    expect(await sampleSlide(slide, settings, { mask })).toMatchObject({ width: 64, height: 0 });
    mask.data[0] = 1;
    const { data } = await sampleSlide(slide, settings, { mask });
    const { data: corner } = await slide.readRegion({ x: 0, y: 0, level: 0, width: 555 + 64, height: 742 + 64 });
    expect(data).toHaveLength(3 * 64 * 64 * 3);
    const row = Buffer.from(data.subarray(0, 64 * 3));
    expect(Buffer.from(corner).includes(row)).toBe(true);
  });

  it('makes no seams: tiles of the slide as the slide', async () => {
    await using slide = await openSlide(path);
    const { transform } = await createStainNormalizer({ source: await fitStainProfile(slide, options) });
    const region = { x: 600, y: 900, level: 0, width: 320, height: 200 };
    const whole = transform(asImage(await slide.readRegion(region))).pixels;
    for (const x of [0, 100, 220]) {
      const part = transform(asImage(await slide.readRegion({ ...region, x: 600 + x, width: 100 }))).pixels;
      for (let y = 0; y < 200; y++)
        expect(
          Buffer.compare(part.subarray(300 * y, 300 * y + 300), whole.subarray(960 * y + 3 * x, 960 * y + 3 * x + 300)),
        ).toBe(0);
    }
  });
});
