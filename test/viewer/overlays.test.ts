import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHeatmap } from '../../src/inference/heatmap.ts';
import { sharp } from '../../src/io/codec/sharp.ts';
import { getMask, writeMask } from '../../src/preprocessing/xml-to-mask.ts';
import { serveViewer, type ViewerServer } from '../../src/viewer/serve-viewer.ts';
import { writeJpegSlide } from '../support/jpeg-slide.ts';

const SIZE = { width: 1500, height: 1100 };

describe('overlays of the viewer', () => {
  let folder: string;
  let server: ViewerServer;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'viewer-'));
    const slide = join(folder, 'slide.tif');
    await writeJpegSlide(slide, { ...SIZE, tile: 256 });
    const coordinates = [
      [
        [100, 100],
        [900, 150],
        [700, 800],
        [100, 100],
      ],
    ];
    const feature = {
      type: 'Feature',
      geometry: { type: 'Polygon', coordinates },
      properties: { classification: { name: 'tumour' } },
    };
    writeFileSync(join(folder, 'drawn.geojson'), JSON.stringify({ type: 'FeatureCollection', features: [feature] }));
    await writeMask(join(folder, 'drawn.geojson'), SIZE, join(folder, 'mask.tif'), { tileSize: 128, downsample: 2 });
    writeFileSync(join(folder, 'scores.csv'), 'x,y,width,height,score\n0,0,256,256,0\n256,256,256,256,1\n');
    const { overlay = '' } = await createHeatmap({
      slide,
      scores: join(folder, 'scores.csv'),
      value: 'score',
      out: join(folder, 'heat'),
    });
    server = await serveViewer({
      slides: [slide],
      workers: 0,
      overlays: [
        { slide, name: 'mask', path: join(folder, 'mask.tif') },
        { slide: 'slide', name: 'heat', path: overlay },
      ],
    });
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  const get = (path: string) => fetch(new URL(`/slides/slide${path}`, server.url));
  const getFacts = async (name: string) => (await (await get(`/overlays/${name}`)).json()) as Record<string, number>;
  const getTile = async (name: string, level: number, at: string) => {
    const answer = await get(`/overlays/${name}_files/${level}/${at}.png`);
    expect(answer.headers.get('content-type')).toBe('image/png');
    const { data, info } = await sharp(await answer.arrayBuffer())
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { data, ...info };
  };

  it('lays a mask of labels over the slide in colours, clear where nothing is drawn', async () => {
    expect(await getFacts('mask')).toMatchObject({
      ...{ kind: 'labels', width: 750, height: 550, downsample: { x: 2, y: 2 }, tileSize: 128, levels: 11 },
      labels: [{ value: 1, name: 'tumour' }],
    });
    const mask = await getMask(join(folder, 'drawn.geojson'), SIZE, { downsample: 2 });
    const { data, width, height, channels } = await getTile('mask', 10, '1_1');
    expect([width, height, channels]).toEqual([128, 128, 4]);
    const drawn = Array.from({ length: width * height }, (_, i) => {
      const at = (128 + Math.floor(i / width)) * 750 + 128 + (i % width);
      return mask?.data[at] === 0 ? 0 : 255;
    });
    expect(new Set(drawn)).toEqual(new Set([0, 255]));
    expect([...data.filter((_, i) => i % 4 === 3)]).toEqual(drawn);
    const small = await getTile('mask', 6, '0_0');
    expect([small.width, small.height]).toEqual([47, 35]);
    expect(new Set(small.data.filter((_, i) => i % 4 === 3))).toEqual(new Set([0, 255]));
  });

  it('lays a heatmap over it as the file has it', async () => {
    const { width, height, levels, kind } = await getFacts('heat');
    expect([kind, levels]).toEqual(['colours', Math.ceil(Math.log2(width ?? 0)) + 1]);
    const { data } = await getTile('heat', (levels ?? 0) - 1, '0_0');
    const theirs = await sharp(join(folder, 'heat', 'slide.tiff'))
      .raw()
      .toBuffer();
    expect(theirs.length).toBe((width ?? 0) * (height ?? 0) * 4);
    expect(Buffer.compare(data, theirs)).toBe(0);
    const { overlays } = (await (await get('')).json()) as { overlays: string[] };
    expect(overlays).toEqual(['mask', 'heat']);
  });

  it('has no tile beside its grid, no JPEG, no overlay of another name', async () => {
    for (const path of [
      'mask_files/10/99_0.png',
      'mask_files/99/0_0.png',
      'none',
      'none.dzi',
      '__proto__',
      '..%2fmask',
      'mask_files/x/0_0.png',
    ])
      expect([400, 404], path).toContain((await get(`/overlays/${path}`)).status);
    expect((await get('/overlays/mask_files/10/0_0.jpg')).status).toBe(400);
    expect(await (await get('/overlays/mask.dzi')).text()).toContain('Format="png" Overlap="0" TileSize="128"');
    const slides = [join(folder, 'slide.tif')];
    const overlays = [{ slide: 'other', name: 'mask', path: join(folder, 'mask.tif') }];
    await expect(serveViewer({ slides, overlays, workers: 0 })).rejects.toThrow('slides that are served');
  });
});
