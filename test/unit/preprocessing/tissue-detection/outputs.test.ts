import { describe, expect, it } from 'vitest';
import { sharp } from '../../../../src/io/codec/sharp.ts';
import { encodeTissuePng } from '../../../../src/preprocessing/tissue-detection/encode-tissue-png.ts';
import { chooseLength } from '../../../../src/preprocessing/tissue-detection/overlay/scale-bar.ts';
import { renderTissueOverlay } from '../../../../src/preprocessing/tissue-detection/render-tissue-overlay.ts';
import { createTissueGeoJson } from '../../../../src/preprocessing/tissue-detection/tissue-geojson.ts';
import { detectTissue } from '../../../../src/preprocessing/tissue-detection.ts';
import { createFakeSlide, PINK, WHITE } from './support.ts';

/** A ring of tissue around a hole. */
const openFake = (mpp: number | undefined = 0.5) =>
  createFakeSlide({
    width: 8000,
    height: 6000,
    downsamples: [1, 16],
    mpp,
    colorAt: (x, y) => {
      const inside = x >= 1600 && x < 6400 && y >= 1600 && y < 4800;
      const hole = x >= 3200 && x < 4800 && y >= 2400 && y < 4000;
      return inside && !hole ? PINK : WHITE;
    },
  });
const detectFake = (slide = openFake()) => detectTissue(slide, { level: 1, kernelSize: 0 });

describe('tissue.png', () => {
  it('is 8-bit grey, 255 for tissue, and the same every time', async () => {
    const { mask } = await detectFake();
    const png = await encodeTissuePng(mask);
    const { data, info } = await sharp(png).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
    expect(await sharp(png).metadata()).toMatchObject({ format: 'png', channels: 1, depth: 'uchar' });
    expect(info).toMatchObject({ width: mask.width, height: mask.height });
    expect(Buffer.compare(data, Buffer.from(mask.data.map((value) => value * 255)))).toBe(0);
    expect(await encodeTissuePng(mask)).toEqual(png);
  });
});

describe('tissue.geojson', () => {
  it('has closed rings in level-0 pixels, outer counter-clockwise, holes clockwise', async () => {
    const slide = openFake();
    const result = await detectFake(slide);
    const collection = createTissueGeoJson(result, slide);
    expect(collection.features).toMatchObject([
      {
        type: 'Feature',
        geometry: { type: 'Polygon' },
        properties: {
          objectType: 'annotation',
          name: 'Tissue 1',
          classification: { name: 'Tissue' },
          areaUm2: (4800 * 3200 - 1600 * 1600) * 0.25,
        },
      },
    ]);
    const rings = collection.features[0]!.geometry.coordinates;
    expect(rings.map(shoelace)).toEqual([4800 * 3200, -1600 * 1600]);
    for (const ring of rings) expect(ring.at(-1)).toEqual(ring[0]);
    expect(JSON.stringify(createTissueGeoJson(await detectFake(), slide))).toBe(JSON.stringify(collection));
  });

  it('sums to the area of the result, and leaves areas out without a pixel size', async () => {
    const slide = openFake();
    const result = await detectFake(slide);
    const sum = createTissueGeoJson(result, slide).features.reduce((s, f) => s + (f.properties.areaUm2 ?? 0), 0);
    expect(sum / 1e6).toBeCloseTo(result.areaMm2!, 9);
    const bare = createFakeSlide({ width: 8000, height: 6000, downsamples: [1, 16] });
    expect(createTissueGeoJson(result, bare).features[0]!.properties).not.toHaveProperty('areaUm2');
  });

  it('is an empty collection without tissue', () => {
    expect(createTissueGeoJson({ polygons: [] }, openFake())).toEqual({ type: 'FeatureCollection', features: [] });
  });
});

describe('overlay', () => {
  it('draws outlines green, holes orange and a scale bar on the thumbnail', async () => {
    const slide = openFake();
    const jpeg = await renderTissueOverlay(slide, await detectFake(slide), { maxSize: 800 });
    const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: 800, height: 600, channels: 3 });
    const at = (x: number, y: number) => [...data.subarray((y * 800 + x) * 3, (y * 800 + x) * 3 + 3)];
    const isNear = (color: number[], wanted: number[]) => color.every((v, i) => Math.abs(v - wanted[i]!) < 60);
    // Level-0 1600 is picture 160; JPEG blurs a line of 1.6 pixels.
    expect([159, 160].some((x) => isNear(at(x, 200), [0, 168, 120]))).toBe(true);
    expect([319, 320].some((x) => isNear(at(x, 320), [247, 127, 0]))).toBe(true);
    expect(isNear(at(240, 200), [220, 130, 180])).toBe(true);
    const isDark = (x: number, y: number) => at(x, y).every((v) => v < 90);
    const corner = Array.from({ length: 200 * 60 }, (_, i) => isDark(i % 200, 540 + Math.floor(i / 200)));
    expect(corner.filter(Boolean).length).toBeGreaterThan(100);
  });

  it('works without tissue, without a pixel size and on tiny slides', async () => {
    for (const size of [1, 5, 300]) {
      const slide = createFakeSlide({ width: size, height: size, downsamples: [1] });
      const result = await detectTissue(slide, { level: 0 });
      const { width } = await sharp(await renderTissueOverlay(slide, result)).metadata();
      expect(width).toBe(size);
    }
  });

  it.each([
    [1, 1],
    [4.9, 2],
    [99, 50],
    [640, 500],
    [2300, 2000],
  ])('of at most %f µm the bar is %i µm', (limit, expected) => {
    expect(chooseLength(limit)).toBe(expected);
  });
});

function shoelace(ring: readonly (readonly [number, number])[]): number {
  return ring.slice(1).reduce((sum, [x, y], i) => sum + (ring[i]![0] * y - x * ring[i]![1]) / 2, 0);
}
