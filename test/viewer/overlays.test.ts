import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Region } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHeatmap } from '../../src/inference/heatmap.ts';
import { sharp } from '../../src/io/codec/sharp.ts';
import { getMask, writeMask } from '../../src/preprocessing/xml-to-mask.ts';
import { serveViewer, type ViewerServer } from '../../src/viewer/serve-viewer.ts';
import { writeJpegSlide } from '../support/jpeg-slide.ts';

const SIZE = { width: 1500, height: 1100 };

interface IiifInfo {
  readonly width: number;
  readonly height: number;
  readonly sizes: readonly { readonly width: number; readonly height: number }[];
  readonly tiles: readonly [{ readonly width: number; readonly scaleFactors: readonly number[] }];
}

/** What a client of IIIF asks for (Image API 3.0, 5.6), and where Deep Zoom has the same. */
function* listTiles({ width, height, tiles: [{ width: side, scaleFactors }] }: IiifInfo) {
  for (const factor of scaleFactors) {
    const level = Math.ceil(Math.log2(Math.max(width, height))) - Math.log2(factor);
    for (let y = 0; y * side * factor < height; y++) {
      for (let x = 0; x * side * factor < width; x++) {
        const [left, top] = [x * side * factor, y * side * factor];
        const [w, h] = [Math.min(side * factor, width - left), Math.min(side * factor, height - top)];
        const size = `${Math.ceil(w / factor)},${Math.ceil(h / factor)}`;
        yield { iiif: `${left},${top},${w},${h}/${size}/0/default.png`, level, at: `${x}_${y}` };
      }
    }
  }
}

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
  const decode = async (answer: Response) => {
    const { data, info } = await sharp(await answer.arrayBuffer())
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { data, ...info };
  };
  const getTile = async (name: string, level: number, at: string) => {
    const answer = await get(`/overlays/${name}_files/${level}/${at}.png`);
    expect(answer.headers.get('content-type')).toBe('image/png');
    return decode(answer);
  };
  const getIiif = (path: string, init?: RequestInit) =>
    fetch(new URL(`/iiif/3/slide/overlays/${path}`, server.url), init);
  const getInfo = async (name: string) => (await (await getIiif(`${name}/info.json`)).json()) as IiifInfo;

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

  it('serves IIIF: every tile that info.json promises is that of Deep Zoom', async () => {
    const base = await getIiif('mask', { redirect: 'manual' });
    expect([base.status, base.headers.get('location')]).toEqual([303, '/iiif/3/slide/overlays/mask/info.json']);
    const info = await getInfo('mask');
    expect(info).toMatchObject({
      '@context': 'http://iiif.io/api/image/3/context.json',
      id: new URL('/iiif/3/slide/overlays/mask', server.url).href,
      ...{ type: 'ImageService3', protocol: 'http://iiif.io/api/image', profile: 'level1', width: 750, height: 550 },
      ...{ preferredFormats: ['png'], extraFormats: ['png'] },
    });
    for (const name of ['mask', 'heat']) {
      for (const { iiif, level, at } of listTiles(await getInfo(name))) {
        const theirs = await get(`/overlays/${name}_files/${level}/${at}.png`);
        const ours = await getIiif(`${name}/${iiif}`);
        expect([theirs.status, ours.headers.get('etag')], iiif).toEqual([200, theirs.headers.get('etag')]);
        expect(Buffer.from(await ours.arrayBuffer()).equals(Buffer.from(await theirs.arrayBuffer())), iiif).toBe(true);
      }
    }
    const { version } = (await (await get('/overlays/mask')).json()) as { version: string };
    const asked = await getIiif(`mask/full/max/0/default.png?v=${version}`);
    expect(asked.headers.get('cache-control')).toContain('immutable');
    expect((await getIiif('mask/full/max/0/default.png?v=other')).status).toBe(409);
  });

  it('serves IIIF: whole levels put together of tiles, any region, JPEG on white, and never a mixed colour', async () => {
    const extract = ({ data, width, height }: { data: Buffer; width: number; height: number }, box: Region) =>
      sharp(data, { raw: { width, height, channels: 4 } })
        .extract(box)
        .raw()
        .toBuffer();
    const full = await decode(await getIiif('mask/full/max/0/color.png'));
    const mask = await getMask(join(folder, 'drawn.geojson'), SIZE, { downsample: 2 });
    expect([full.width, full.height]).toEqual([750, 550]);
    const alpha = Buffer.from(full.data.filter((_, i) => i % 4 === 3));
    expect(alpha.equals(mask!.data.map((one) => one * 255))).toBe(true);
    const box = { left: 101, top: 93, width: 300, height: 77 };
    const part = await decode(await getIiif('mask/101,93,300,77/max/0/default.png'));
    expect(part.data.equals(await extract(full, box))).toBe(true);
    expect((await getInfo('mask')).sizes).toContainEqual({ width: 188, height: 138 });
    const level = await decode(await getIiif('mask/full/188,138/0/default.png'));
    const tile = await getTile('mask', 8, '0_0');
    expect(tile.data.equals(await extract(level, { left: 0, top: 0, width: 128, height: 128 }))).toBe(true);
    const colors = ({ data }: typeof full) =>
      new Set(Array.from({ length: data.length / 4 }, (_, i) => data.readUInt32BE(4 * i)));
    for (const size of ['300,', '!99,99', '^1000,']) {
      const other = await decode(await getIiif(`mask/full/${size}/0/default.png`));
      expect(colors(other), size).toEqual(colors(full));
    }

    const jpeg = await getIiif('mask/full/max/0/default.jpg');
    expect(jpeg.headers.get('content-type')).toBe('image/jpeg');
    const flat = await decode(jpeg);
    expect([flat.channels, ...flat.data.subarray(0, 3)]).toEqual([3, 255, 255, 255]);
  });

  it('refuses what IIIF does not have with 400, and layers that are not there with 404', async () => {
    const bad = [
      ...[
        '0,0,0,0/max/0/default.png',
        '750,0,10,10/max/0/default.png',
        '1,2,3/max/0/default.png',
        'x/max/0/default.png',
      ],
      ...['full/751,/0/default.png', 'full/0,/0/default.png', 'full/^99999,/0/default.png', 'full/max/90/default.png'],
      ...['full/max/0/gray.png', 'full/max/0/default.tif'],
    ];
    for (const path of bad) expect((await getIiif(`mask/${path}`)).status, path).toBe(400);
    for (const path of ['none', 'none/info.json', 'none/full/max/0/default.png'])
      expect((await getIiif(path)).status, path).toBe(404);
  });
});
