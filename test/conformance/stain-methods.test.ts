import { describe, expect, it } from 'vitest';
import { listStainMethods, loadStainMethod } from '../../src/preprocessing/stain-normalization/methods.ts';
import { findFlaw } from '../../src/preprocessing/stain-normalization/profiles/check-profile.ts';
import { createProfile } from '../../src/preprocessing/stain-normalization/profiles/stain-profile.ts';
import type { RgbPixels, StainStatistics } from '../../src/preprocessing/stain-normalization/stain-method.ts';
import { createStainNormalizer } from '../../src/preprocessing/stain-normalization.ts';
import { isSlideloomError } from '../../src/utils/errors.ts';
import { readStainPixels } from '../golden/stain-support.ts';
import { describeWithShared } from '../support/shared-data.ts';
import { createFlat, createTissue } from '../support/stain-tissue.ts';

/** What every stain normaliser owes, whoever wrote it: a method listed in methods.ts is in this suite. */
const target = createTissue({ seed: 2, strength: [1.3, 0.8] });
const tissue = createTissue();

const asImage = ({ width, height, data }: RgbPixels) => ({ width, height, channels: 3 as const, data });

function createRamp(): RgbPixels {
  const data = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => 60 + 2 * (Math.floor(i / 3) % 64));
  return { width: 64, height: 64, data };
}

/** What no method can tell the stains of. */
const DEGENERATE: Record<string, RgbPixels> = {
  white: createFlat([255, 255, 255]),
  'nearly white': createFlat([246, 245, 247]),
  black: createFlat([0, 0, 0]),
  'grey 128': createFlat([128, 128, 128]),
  'one purple': createFlat([120, 60, 140]),
  '1 x 1': createFlat([150, 90, 160], 1, 1),
  '1 x 2': { width: 1, height: 2, data: Uint8Array.of(150, 90, 160, 200, 120, 190) },
  '2 x 2': { width: 2, height: 2, data: Uint8Array.of(150, 90, 160, 200, 120, 190, 90, 40, 120, 230, 180, 220) },
};

/** The third stain of histolab is scaled by the strength of what is left over, which moves glass about: as in the peer. */
const MOVES_GLASS = ['macenko-histolab'];

describe.each(listStainMethods())('%s', (name) => {
  const normalizer = () => createStainNormalizer({ method: name, target: asImage(target) });
  async function findStatistics(pixels: RgbPixels): Promise<StainStatistics> {
    const found = (await loadStainMethod(name)).fit(pixels);
    if (found.status !== 'fitted') throw new Error(found.reason);
    return found.statistics;
  }

  it('has its own name', async () => {
    expect((await loadStainMethod(name)).name).toBe(name);
  });

  it('finds statistics that a profile may have', async () => {
    expect(findFlaw(name, await findStatistics(tissue))).toBeUndefined();
  });

  it('normalises tissue', async () => {
    const { pixels, status } = (await normalizer()).transform(asImage(tissue));
    expect(status).toBe('normalized');
    expect(pixels).toHaveLength(tissue.data.length);
    expect(new Set(pixels).size).toBeGreaterThan(50);
  });

  it.each(Object.keys(DEGENERATE))('keeps what has no stains: %s', async (key) => {
    const image = asImage(DEGENERATE[key]!);
    const { pixels, status, reason } = (await normalizer()).transform(image);
    expect(status).toBe('kept');
    expect(reason).toMatch(/^[a-z-]+$/);
    expect(Buffer.compare(pixels, image.data)).toBe(0);
    expect(pixels.buffer).not.toBe(image.data.buffer);
  });

  it.each(Object.keys(DEGENERATE))('throws where that is asked: %s', async (key) => {
    const strict = await createStainNormalizer({ method: name, target: asImage(target), onDegenerate: 'throw' });
    try {
      strict.transform(asImage(DEGENERATE[key]!));
      expect.unreachable();
    } catch (error) {
      if (!isSlideloomError(error, 'stain')) throw error;
      expect(error).toMatchObject({ method: name, reason: expect.stringMatching(/^[a-z-]+$/) });
    }
  });

  it('makes nothing black of a grey ramp', async () => {
    const image = asImage(createRamp());
    const { pixels, status } = (await normalizer()).transform(image);
    if (status === 'kept') expect(Buffer.compare(pixels, image.data)).toBe(0);
    else expect(Math.max(...pixels)).toBeGreaterThan(120);
  });

  it('refuses a target without stains', async () => {
    const options = { method: name, target: asImage(createFlat([255, 255, 255])) };
    await expect(createStainNormalizer(options)).rejects.toMatchObject({ tag: 'stain', method: name });
  });

  it('keeps alpha, and does with RGBA what it does with RGB', async () => {
    const data = new Uint8Array(4 * tissue.width * tissue.height);
    for (let i = 0; i < tissue.width * tissue.height; i++) {
      data.set(tissue.data.subarray(3 * i, 3 * i + 3), 4 * i);
      data[4 * i + 3] = i % 256;
    }
    const before = data.slice();
    const ours = await normalizer();
    const { pixels } = ours.transform({ width: tissue.width, height: tissue.height, channels: 4, data });
    const plain = ours.transform(asImage(tissue)).pixels;
    expect(Buffer.compare(data, before)).toBe(0);
    const [alpha, before3] = [pixels, data].map((all) => all.filter((_, i) => i % 4 === 3));
    expect(Buffer.compare(alpha!, before3!)).toBe(0);
    expect(
      Buffer.compare(
        pixels.filter((_, i) => i % 4 !== 3),
        plain,
      ),
    ).toBe(0);
  });

  it('changes no input, nor the statistics', async () => {
    const own = { ...tissue, data: tissue.data.slice() };
    (await normalizer()).transform(asImage(own));
    expect(Buffer.compare(own.data, tissue.data)).toBe(0);
    const statistics = await findStatistics(own);
    expect(Buffer.compare(own.data, tissue.data)).toBe(0);
    const copy = structuredClone(statistics);
    const method = await loadStainMethod(name);
    method.createTransform(statistics, await findStatistics(target))(own, new Uint8Array(own.data.length));
    expect(statistics).toEqual(copy);
  });

  it('writes into the input as it writes beside it, and its statistics survive JSON', async () => {
    const method = await loadStainMethod(name);
    const [from, to] = [await findStatistics(tissue), await findStatistics(target)];
    const beside = new Uint8Array(tissue.data.length);
    method.createTransform(from, to)(tissue, beside);
    const own = { ...tissue, data: tissue.data.slice() };
    const read = JSON.parse(JSON.stringify(from)) as StainStatistics;
    method.createTransform(read, to)(own, own.data);
    expect(Buffer.compare(own.data, beside)).toBe(0);
  });

  it('refuses 16 bits, floats, grey, nothing, and bytes that do not fill the picture', async () => {
    const { transform } = await normalizer();
    const size = { width: 2, height: 2, channels: 3 as const };
    const wide = new Uint16Array(12) as unknown as Uint8Array;
    const floats = Float32Array.from({ length: 12 }, () => Number.NaN) as unknown as Uint8Array;
    expect(() => transform({ ...size, data: wide })).toThrow(/8-bit samples.*Uint16Array/);
    expect(() => transform({ ...size, data: floats })).toThrow(/8-bit samples.*Float32Array/);
    expect(() => transform({ ...size, channels: 1, data: new Uint8Array(4) })).toThrow(/3 \(RGB\) or 4/);
    expect(() => transform({ ...size, width: 0, data: new Uint8Array(0) })).toThrow(/at least one pixel/);
    expect(() => transform({ ...size, data: new Uint8Array(11) })).toThrow(/12 bytes/);
  });

  if (MOVES_GLASS.includes(name)) return;
  it('leaves white white where the slide is known', async () => {
    const source = createProfile((await loadStainMethod(name)).fit(tissue), { method: name, of: 'slide' });
    const slide = await createStainNormalizer({ method: name, target: asImage(target), source });
    const { pixels, status } = slide.transform(asImage(createFlat([255, 255, 255], 8, 8)));
    expect(status).toBe('normalized');
    // torchstain's white is brighter than its light of 240; how much is left of that depends on the stains: see "Floors" in the docs.
    expect(Math.min(...pixels)).toBeGreaterThanOrEqual(240);
  });
});

describeWithShared('glass stays glass under every stain normaliser', () => {
  const tiles = ['no-tissue', 'no-tissue2', 'no-tissue-line', 'almost-white-1', 'almost-white-2', 'almost-white-ihc'];
  const glass = [
    ...['inputs/cmu_2.png', 'inputs/hl_almost_white.png', 'inputs/edge_white.png', 'inputs/edge_mid.png'],
    ...tiles.map((tile) => `../data/patches/histolab-tiles/${tile}.png`),
  ];
  it.each(listStainMethods())('%s', async (name) => {
    const to = await readStainPixels('inputs/hl_tissue_a.png');
    const normalizer = await createStainNormalizer({ method: name, target: asImage(to) });
    for (const path of glass) {
      const image = asImage(await readStainPixels(path));
      const { pixels, status } = normalizer.transform(image);
      expect(status, path).toBe('kept');
      expect(Buffer.compare(pixels, image.data), path).toBe(0);
    }
  });
});
