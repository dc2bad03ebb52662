import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, get } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CohortFacts, LayerList, SlideFacts } from '../../src/viewer/contract.ts';
import { createKeptTables } from '../../src/viewer/layers/kept-tables.ts';
import { readPatches } from '../../src/viewer/layers/patches/read-patches.ts';
import { listenAt } from '../../src/viewer/listen.ts';
import { serveViewer, type ViewerServer } from '../../src/viewer/serve-viewer.ts';
import { openServed } from '../../src/viewer/slide-shelf.ts';
import { writeJpegSlide } from '../support/jpeg-slide.ts';

const SIZE = { width: 300, height: 300, tile: 256 };

let folder: string;
const place = (...parts: string[]) => join(folder, ...parts);
const write = (path: string, text: string) => {
  mkdirSync(place(path, '..'), { recursive: true });
  writeFileSync(place(path), text);
};
const ask = (server: ViewerServer, path: string) => fetch(new URL(path, server.url));
const askJson = async <T>(server: ViewerServer, path: string) => (await (await ask(server, path)).json()) as T;
/** `fetch` has its own mind about such headers. */
const getStatus = (server: ViewerServer, headers: Record<string, string>) =>
  new Promise((resolve) => {
    get(new URL('/slides', server.url), { headers }, (answer) => resolve(answer.resume().statusCode));
  });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'viewer changes-'));
  mkdirSync(place('slides'));
  await writeJpegSlide(place('slides', 'one.tif'), SIZE);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a slide', () => {
  it('that another file took the place of is that one from then on, under another version', async () => {
    mkdirSync(place('replaced'));
    const path = place('replaced', 'a.tif');
    await writeJpegSlide(path, SIZE);
    await using server = await serveViewer({ slides: [place('replaced')], workers: 0 });
    const readVersion = async () => (await askJson<SlideFacts>(server, '/slides/a/facts.json')).version;
    const first = await readVersion();
    const tile = `/slides/a_files/9/0_0.png?v=${first}`;
    const before = Buffer.from(await (await ask(server, tile)).arrayBuffer());
    await writeJpegSlide(place('new.tif'), { ...SIZE, kind: () => 'none' });
    renameSync(place('new.tif'), path);
    await expect.poll(readVersion, { timeout: 5000 }).not.toBe(first);
    const after = await ask(server, tile);
    // A page that shows the old one does not get tiles of the new one among them.
    expect([after.status, after.headers.get('cache-control')]).toEqual([409, 'no-store']);
    const other = await ask(server, tile.replace(first, await readVersion()));
    expect(other.headers.get('cache-control')).toContain('immutable');
    expect(before.equals(Buffer.from(await other.arrayBuffer()))).toBe(false);
    rmSync(path);
    await expect.poll(async () => (await ask(server, tile)).status, { timeout: 5000 }).toBe(404);
  });

  it('is not read by a thread that finds another file in its place', async () => {
    const address = place('slides', 'one.tif');
    await using slide = await openServed({ address, options: {} });
    await using _same = await openServed({ address, options: {}, identity: slide.identity });
    const identity = { ...slide.identity, size: 1 };
    await expect(openServed({ address, options: {}, identity })).rejects.toThrow('another file has taken its place');
  });

  it('has the name that it is asked by, also where two names lead to one file', async () => {
    symlinkSync('one.tif', place('slides', 'twin.tif'));
    // A run that took it by another way has it once.
    symlinkSync(place('slides'), place('way'));
    write('run/manifest.csv', `slide,path,status\ncase,${place('way', 'one.tif')},done\n`);
    await using server = await serveViewer({ slides: [place('slides')], workers: 0 });
    for (const id of ['one', 'twin'])
      expect((await askJson<SlideFacts>(server, `/slides/${id}/facts.json`)).id).toBe(id);
    rmSync(place('slides', 'twin.tif'));
    write('sizes.csv', `slide,mpp\n${place('slides', 'one.tif')},0.3\n`);
    await using run = await serveViewer({ slides: [place('run'), place('sizes.csv')], workers: 0 });
    expect(run.slides).toEqual(['case']);
    expect((await askJson<SlideFacts>(run, '/slides/case/facts.json')).mpp).toMatchObject({ x: 0.3 });
  });

  it('of a run on Windows is found by its name', async () => {
    write('windows/manifest.csv', 'slide,path,status\ncase,C:\\slides\\one.tif,done\n');
    await using server = await serveViewer({ slides: [place('windows'), place('slides')], workers: 0 });
    expect([server.slides, server.missing]).toEqual([['case'], []]);
  });
});

describe('layers', () => {
  it('have another version where the same file lies elsewhere on the slide', async () => {
    write('tables/one.csv', 'x_um,y_um,width_um,height_um,score\n10,10,5,5,1e39\n');
    const read = async (slideOptions: { mpp: number }, coordsFrame: 'raw' | 'bounds') => {
      const slides = [place('slides')];
      await using server = await serveViewer({
        slides,
        layers: [place('tables')],
        slideOptions,
        coordsFrame,
        workers: 0,
      });
      const { layers } = await askJson<LayerList>(server, '/slides/one/layers.json');
      // A number that single precision does not have is none.
      expect(layers).toMatchObject([{ columns: [] }]);
      return layers[0]?.version;
    };
    const versions = [
      await read({ mpp: 0.5 }, 'raw'),
      await read({ mpp: 0.25 }, 'raw'),
      await read({ mpp: 0.5 }, 'bounds'),
    ];
    expect(new Set(versions).size).toBe(3);
    expect(await read({ mpp: 0.5 }, 'raw')).toBe(versions[0]);
  });

  it('keep to a number of numbers: the last columns are left out', async () => {
    write('wide.csv', 'x,y,width,height,a,b,c\n0,0,1,1,1,2,3\n1,0,1,1,4,5,inf\n2,0,1,1,7,8,9\n');
    const slide = { name: 'one', ...SIZE, mpp: undefined, levels: [] };
    const read = (maxNumbers?: number) => readPatches(place('wide.csv'), { slide, names: [], maxNumbers });
    const whole = await read();
    expect(whole.columns.map(({ values }) => [...values])).toEqual([
      [1, 4, 7],
      [2, 5, 8],
      [3, Number.NaN, 9],
    ]);
    const cut = await read(6);
    expect(cut.columns.map(({ name, values }) => [name, values.length])).toEqual([
      ['a', 3],
      ['b', 3],
    ]);
    expect(cut.notices).toEqual(['left out: the last 1 columns, as it has more than 6 numbers']);
  });

  it('are read two at a time', async () => {
    const tables = createKeptTables(1000);
    let running = 0;
    const most: number[] = [];
    const read = async () => {
      most.push(++running);
      await new Promise(setImmediate);
      return running--;
    };
    await Promise.all(Array.from({ length: 9 }, (_, key) => tables.get(String(key), read, () => 1)));
    expect([most.length, Math.max(...most)]).toEqual([9, 2]);
  });
});

describe('the server', () => {
  it('tells no paths, whatever is wrong', async () => {
    const run = place('my run');
    write(
      'my run/manifest.csv',
      `slide,path,status,error,case,score\none,${place('slides', 'one.tif')},failed,no /data/x/y.dat,007,0.5\n`,
    );
    write('my run/heatmaps/one.tiff', 'no TIFF');
    await using server = await serveViewer({ slides: [run], workers: 0 });
    const { columns, slides } = await askJson<CohortFacts>(server, '/cohort.json');
    expect(slides).toMatchObject([{ error: 'no y.dat', values: { case: '007', score: 0.5 } }]);
    expect(columns.map(({ kind }) => kind)).toEqual(['text', 'number']);
    const overlay = await ask(server, '/slides/one/overlays/heatmap_files/0/0_0.png');
    expect([overlay.status, await overlay.text()]).toEqual([500, expect.not.stringContaining(folder)]);
    rmSync(join(run, 'manifest.csv'));
    const gone = await ask(server, '/cohort.json');
    expect([gone.status, await gone.text()]).toEqual([404, expect.not.stringContaining(folder)]);
  });

  it('answers no pages of other sites, but links of theirs', async () => {
    await using server = await serveViewer({ slides: [place('slides')], workers: 0 });
    const statuses = [];
    for (const [site, mode] of [
      ['cross-site', 'no-cors'],
      ['same-site', 'cors'],
      ['cross-site', 'navigate'],
      ['same-origin', 'cors'],
      ['none', 'navigate'],
    ] as const)
      statuses.push(await getStatus(server, { 'sec-fetch-site': site, 'sec-fetch-mode': mode }));
    expect(statuses).toEqual([403, 403, 200, 200, 200]);
  });

  it('is closed although somebody holds a tunnel that was refused, and lives on where one is torn down', async () => {
    const server = await serveViewer({ slides: [place('slides')], workers: 0 });
    const open = () =>
      new Promise<ReturnType<typeof connect>>((resolve) => {
        const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
        socket.on('error', () => {}).write('CONNECT x:1 HTTP/1.1\r\nHost: localhost\r\n\r\n');
        socket.once('data', () => resolve(socket));
      });
    const held = await open();
    (await open()).resetAndDestroy();
    expect((await ask(server, '/slides')).status).toBe(200);
    await server.close();
    held.destroy();
  });

  it('outlives a connection that can not be taken', async () => {
    const server = createServer();
    await listenAt(server, { host: '127.0.0.1', port: 0 });
    expect(server.emit('error', new Error('accept EMFILE'))).toBe(true);
    server.close();
  });
});
