import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from '../../src/io/encode-image.ts';
import type { Raster } from '../../src/io/raster.ts';
import { createStainNormalizer, fitStainProfile } from '../../src/preprocessing/stain-normalization.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import type { SlideFacts, ViewState } from '../../src/viewer/contract.ts';
import { createFairQueue } from '../../src/viewer/fair-queue.ts';
import { resolveViewer } from '../../src/viewer/options.ts';
import type { PictureJob, Renderer, StainJob } from '../../src/viewer/render/picture-job.ts';
import { serveViewer, type ViewerServer } from '../../src/viewer/serve-viewer.ts';
import { openSlidePictures } from '../../src/viewer/slide-pictures.ts';
import { createStainViews } from '../../src/viewer/views/stain-views.ts';
import { measureDifference } from '../support/compare-rasters.ts';
import { writeJpegSlide } from '../support/jpeg-slide.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';

const SVS = sharedPath('data', 'wsi', 'CMU-1-Small-Region.svs');
const MULTIPLEX = sharedPath('data', 'multiplex', 'CSM_ABCM22001_B09_MiniCrop.ome.tif');
const ID = 'CMU-1-Small-Region';
const CELLS = 'CSM_ABCM22001_B09_MiniCrop';
/** 2220 x 2967 px in tiles of 240: the slide's own level, and the one that is averaged by two. */
const [LAST, TILE] = [12, 240];

describeWithShared('views of the viewer', () => {
  let folder: string;
  let server: ViewerServer;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'views-'));
    // Nothing is stored: white.
    await writeJpegSlide(join(folder, 'glass.tif'), { width: 700, height: 600, tile: 256, kind: () => 'none' });
    server = await serveViewer({ slides: [SVS, MULTIPLEX, join(folder, 'glass.tif')], workers: 0 });
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  const ask = (path: string, accept = '*/*') => fetch(new URL(path, server.url), { headers: { accept } });
  const getRaster = async (path: string) => decodeImage(new Uint8Array(await (await ask(path)).arrayBuffer()));
  const getFacts = async (id: string) => (await (await ask(`/slides/${id}`)).json()) as SlideFacts;

  it('shows a slide in the colours that the normaliser gives it, at levels stored and averaged', async () => {
    const [view, ...more] = (await getFacts(ID)).views;
    expect([view, more]).toMatchObject([{ name: 'normalized', title: 'Normalised (macenko)', kind: 'stain' }, []]);
    const state = (await (await ask(`/slides/${ID}/views/normalized.json`)).json()) as ViewState;
    expect(state).toEqual({ ...view, problem: null });
    await using slide = await openSlide(SVS);
    const normalizer = await createStainNormalizer({ source: await fitStainProfile(slide), glass: 'keep' });
    const recolor = (raster: Raster): Raster => ({ ...raster, data: normalizer.transform(raster as never).pixels });
    const stored = await slide.readRegion({ x: 3 * TILE, y: 4 * TILE, width: TILE, height: TILE, level: 0 });
    const tiles = `/slides/${ID}/views/normalized_files`;
    for (const [path, plain] of [
      [`${LAST}/3_4.png`, stored],
      [`${LAST - 1}/1_2.png`, await getRaster(`/slides/${ID}_files/${LAST - 1}/1_2.png`)],
    ] as const) {
      const tile = await getRaster(`${tiles}/${path}`);
      expect(measureDifference(tile, recolor(plain)).largest).toBe(0);
      expect(measureDifference(tile, plain).mean).toBeGreaterThan(5);
    }
    const answer = await ask(`${tiles}/${LAST}/3_4.jpg?v=${view?.version}`);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'private, max-age=31536000, immutable']);
    expect((await ask(`${tiles}/${LAST}/10_0.jpg`)).status).toBe(404);
    expect((await ask(`/slides/${ID}/views/channel-0_files/${LAST}/3_4.jpg`)).status).toBe(404);
  });

  it('says of a slide without tissue that it has no stains', async () => {
    const state = (await (await ask('/slides/glass/views/normalized.json')).json()) as ViewState;
    expect(state.problem).toBe("its stains can't be told: too few tissue pixels");
    const answer = await ask('/slides/glass/views/normalized_files/10/0_0.jpg', 'image/avif,image/*');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([422, 'application/problem+json']);
    expect(await answer.json()).toMatchObject({ tag: 'stain', slide: 'glass' });
  });

  it('shows each channel of several alone', async () => {
    const { views } = await getFacts(CELLS);
    expect(views.map(({ title }) => title)).toEqual(['DAPI', 'PDL1', 'GZMB', 'PD1', 'CK-EPCAM', 'CD8a', 'FOXP3']);
    // The slide names no colours: those that it is shown in.
    expect(views.slice(0, 2).map(({ color }) => color)).toEqual([
      [255, 0, 0],
      [0, 255, 0],
    ]);
    expect(new Set(views.map(({ version }) => version)).size).toBe(7);
    const tile = await getRaster(`/slides/${CELLS}/views/channel-5_files/9/0_0.png`);
    await using one = await openSlide(MULTIPLEX, { channel: 'CD8a' });
    const { width, height } = tile;
    expect(measureDifference(tile, await one.readRegion({ x: 0, y: 0, level: 0, width, height })).largest).toBe(0);
    const state = (await (await ask(`/slides/${CELLS}/views/channel-5.json`)).json()) as ViewState;
    expect(state).toMatchObject({ title: 'CD8a', kind: 'channel', problem: null });
  });

  it('takes other methods and targets, which change the version, and refuses what has seams', async () => {
    const read = async (stain: Parameters<typeof resolveViewer>[0]['stain']) => {
      await using pictures = await openSlidePictures(resolveViewer({ slides: [SVS], workers: 0, stain }));
      const served = pictures.collection.slides.get(ID);
      return served && (await pictures.view(served)).facts.views;
    };
    const [own, other] = [await read({}), await read({ method: 'macenko-henorm' })];
    expect(other?.[0]?.title).toBe('Normalised (macenko-henorm)');
    expect(other?.[0]?.version).not.toBe(own?.[0]?.version);
    expect(await read({ glass: 'published' })).not.toEqual(own);
    expect(await read(false)).toEqual([]);
    await expect(read({ method: 'reinhard-histolab', target: SVS })).rejects.toThrow('each pixel by itself');
    await expect(read({ method: 'vahadane' })).rejects.toThrow('a target for vahadane');
  });

  it('makes the same tiles in threads', async () => {
    await using threads = await serveViewer({ slides: [SVS], workers: 1 });
    const path = `/slides/${ID}/views/normalized_files/${LAST - 3}/0_0.jpg`;
    const theirs = await fetch(new URL(path, threads.url));
    expect(theirs.status).toBe(200);
    expect(new Uint8Array(await theirs.arrayBuffer())).toEqual(new Uint8Array(await (await ask(path)).arrayBuffer()));
  });
});

describe('the stains of a slide', () => {
  it('are looked for once, for all who ask; whoever leaves stops nobody else', async () => {
    const fits: { job: PictureJob | StainJob; signal: AbortSignal; finish: (profile: object) => void }[] = [];
    const renderer: Renderer = {
      size: 1,
      render: (job, signal) =>
        new Promise((resolve) => {
          fits.push({ job, signal, finish: (profile) => resolve(Buffer.from(JSON.stringify(profile))) });
        }),
      async [Symbol.asyncDispose]() {},
    };
    const { target } = await createStainNormalizer();
    const plan = { method: 'macenko', target, glass: 'keep', implausible: 'use', seed: 42 } as const;
    const views = createStainViews(plan, { queue: createFairQueue({ concurrency: 1, maxWaiting: 9 }), renderer });
    const view = { served: { address: 'a.svs', options: {} }, version: '1' } as never;
    const leaving = new AbortController();
    const first = views.findColors(view, { client: 'a', signal: leaving.signal });
    const others = ['b', 'c'].map((client) => views.findColors(view, { client, signal: new AbortController().signal }));
    leaving.abort();
    await expect(first).rejects.toMatchObject({ tag: 'aborted' });
    await expect.poll(() => fits.length).toBe(1);
    expect(fits[0]?.signal.aborted).toBe(false);
    fits[0]?.finish(target);
    expect(await Promise.all(others)).toEqual([0, 1].map(() => ({ ...plan, source: target })));
    await views.findColors(view, { client: 'd', signal: new AbortController().signal });
    expect(fits).toHaveLength(1);
    const alone = new AbortController();
    const last = views.findColors({ served: {}, version: '2' } as never, { client: 'a', signal: alone.signal });
    await expect.poll(() => fits.length).toBe(2);
    alone.abort();
    await expect(last).rejects.toMatchObject({ tag: 'aborted' });
    expect(fits[1]?.signal.aborted).toBe(true);
  });
});
