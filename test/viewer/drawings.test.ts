import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { acquireLease } from '../../src/utils/lease.ts';
import { serveViewer, type ViewerServer } from '../../src/viewer/serve-viewer.ts';
import { writeJpegSlide } from '../support/jpeg-slide.ts';
import { describeWithMounts, mountTmpfs } from '../unit/utils/fixtures/scratch.ts';

const SQUARE = [
  [
    [10, 20],
    [110.125, 20],
    [110.125, 120],
    [10, 120],
    [10, 20],
  ],
];
const HOLE = [
  [30, 30],
  [30, 60.1],
  [60, 60],
  [30, 30],
];

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | undefined>;
  readonly body: string;
}

function drawing(coordinates: unknown = SQUARE, properties: object = {}): string {
  const feature = { type: 'Feature', geometry: { type: 'Polygon', coordinates }, properties };
  return JSON.stringify({ type: 'FeatureCollection', features: [feature] });
}

describe('drawings saved through the viewer', () => {
  let top: string;
  let run: string;
  let server: ViewerServer;
  let reading: ViewerServer;
  const address = '/slides/s1/annotations/tissue.geojson';
  const folder = () => join(run, 's1', 'annotations');

  beforeAll(async () => {
    top = realpathSync(mkdtempSync(join(tmpdir(), 'drawings-')));
    run = join(top, 'run');
    mkdirSync(run);
    await writeJpegSlide(join(top, 's1.tif'), { width: 300, height: 300, tile: 256 });
    writeFileSync(join(run, 'manifest.csv'), `slide,path,status\ns1,${join(top, 's1.tif')},done\n`);
    [server, reading] = await Promise.all([
      serveViewer({ slides: [run], workers: 0, edit: true }),
      serveViewer({ slides: [run], workers: 0 }),
    ]);
  });
  afterAll(async () => {
    await Promise.all([server.close(), reading.close()]);
    rmSync(top, { recursive: true });
  });
  beforeEach(() => rmSync(join(run, 's1'), { recursive: true, force: true }));

  /** As the page asks, but for what is given; `undefined` leaves a header out. */
  function ask(path: string, given: { on?: ViewerServer; method?: string; headers?: object; body?: string | Buffer }) {
    const { on = server, method = 'PUT', body = '' } = given;
    const usual = {
      authorization: `Bearer ${on.token}`,
      origin: `http://127.0.0.1:${on.port}`,
      'content-type': 'application/geo+json',
      'if-none-match': method === 'PUT' ? '*' : undefined,
    };
    const headers = Object.fromEntries(
      Object.entries({ ...usual, ...given.headers }).filter(([, value]) => value !== undefined),
    ) as Record<string, string>;
    return new Promise<Answer>((resolve, reject) => {
      const one = request({ host: '127.0.0.1', port: on.port, path, method, headers, agent: false }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers as Answer['headers'],
            body: Buffer.concat(chunks).toString(),
          }),
        );
      });
      one.on('error', reject).end(body);
    });
  }
  const save = (body: string, etag?: string) =>
    ask(address, { body, headers: etag === undefined ? {} : { 'if-match': etag, 'if-none-match': undefined } });

  it('saves what was drawn, reads it back, and keeps what was there', async () => {
    expect((await ask(address, { method: 'GET' })).status).toBe(404);
    const extra = { classification: { name: 'Tissue', color: [0, 150, 110], deep: 1 }, areaUm2: 3, name: 'Piece "1"' };
    const first = await save(drawing([...SQUARE, HOLE], extra));
    expect([first.status, JSON.parse(first.body)]).toEqual([201, { name: 'tissue', polygons: 1, earlier: 0 }]);
    const stored = readFileSync(join(folder(), 'tissue.geojson'), 'utf8');
    const read = await ask(address, { method: 'GET' });
    expect([read.status, read.body, read.headers['etag']]).toEqual([200, stored, first.headers['etag']]);
    expect(read.headers['cache-control']).toBe('private, no-cache');
    const [feature] = (JSON.parse(stored) as { features: { geometry: object; properties: object }[] }).features;
    // The hole runs the other way round from its first vertex; what is no part of a drawing is gone.
    expect(feature).toEqual({
      type: 'Feature',
      geometry: { type: 'Polygon', coordinates: [...SQUARE, HOLE] },
      properties: {
        objectType: 'annotation',
        name: 'Piece "1"',
        classification: { name: 'Tissue', color: [0, 150, 110] },
      },
    });
    const again = await save(drawing([...SQUARE, HOLE], extra), first.headers['etag']);
    expect([again.status, again.headers['etag'], readdirSync(folder())]).toEqual([
      200,
      first.headers['etag'],
      ['tissue.geojson'],
    ]);
    const second = await save(drawing(), first.headers['etag']);
    expect([second.status, JSON.parse(second.body)]).toEqual([200, { name: 'tissue', polygons: 1, earlier: 1 }]);
    expect(readFileSync(join(folder(), 'tissue.1.geojson'), 'utf8')).toBe(stored);
    // As if a save had ended between its two steps: that version is not kept twice.
    writeFileSync(join(folder(), 'tissue.2.geojson'), readFileSync(join(folder(), 'tissue.geojson')));
    const third = await save('{"type":"FeatureCollection","features":[]}', second.headers['etag']);
    expect(JSON.parse(third.body)).toEqual({ name: 'tissue', polygons: 0, earlier: 2 });
    expect(readdirSync(folder()).sort()).toEqual(['tissue.1.geojson', 'tissue.2.geojson', 'tissue.geojson']);
  });

  it('lets one of two who save at once know that the other was first', async () => {
    const { headers } = await save(drawing());
    const [etag] = [headers['etag']];
    const both = await Promise.all(['a', 'b'].map((name) => save(drawing(SQUARE, { name }), etag)));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
    const created = await ask(address, { body: drawing() });
    expect([created.status, JSON.parse(created.body)]).toMatchObject([412, { title: 'Changed meanwhile' }]);
    for (const headers of [{ 'if-none-match': undefined }, { 'if-match': 'x' }, { 'if-none-match': '"x"' }])
      expect((await ask(address, { body: drawing(), headers })).status).toBe(
        'if-none-match' in headers && headers['if-none-match'] === undefined ? 428 : 400,
      );
    rmSync(join(folder(), 'tissue.geojson'));
    expect((await save(drawing(), etag)).status).toBe(412);
    expect(readdirSync(folder())).toEqual(['tissue.1.geojson']);
  });

  it('waits for another program that saves into the same folder, but not for ever', async () => {
    const lease = await acquireLease(folder());
    const [kept] = await Promise.all([save(drawing())]);
    expect([kept.status, kept.headers['retry-after']]).toEqual([503, '1']);
    const waiting = save(drawing());
    await lease.release();
    expect((await waiting).status).toBe(201);
  });

  it('without edit takes nothing, and shows nothing', async () => {
    await save(drawing());
    const put = await ask(address, { on: reading, body: drawing() });
    expect([put.status, put.headers['allow']]).toEqual([405, 'GET, HEAD']);
    expect((await ask(address, { on: reading, method: 'GET' })).status).toBe(404);
    expect(reading.token).toBeUndefined();
  });

  it('refuses whoever is not the page, before anything is read or made', async () => {
    const cookie = `slideloom-viewer-${server.port}=${server.token}`;
    const strangers: [number, object][] = [
      ...[undefined, 'null', 'http://evil.example', 'http://127.0.0.1:1', 'http://127.0.0.1'].map(
        (origin): [number, object] => [403, { origin, authorization: undefined, cookie }],
      ),
      [403, { origin: `http://evil.example@127.0.0.1:${server.port}` }],
      // Another name of this machine is another origin.
      [403, { origin: `http://localhost:${server.port}` }],
      [403, { 'sec-fetch-site': 'same-site' }],
      [403, { 'sec-fetch-site': 'cross-site' }],
      [401, { authorization: undefined }],
      [401, { authorization: 'Bearer no' }],
      // A cookie of a server on another port.
      [401, { authorization: undefined, cookie: `slideloom-viewer-1=${server.token}` }],
      // A page whose own name was made to lead here.
      [421, { host: `evil.example:${server.port}`, origin: `http://evil.example:${server.port}` }],
      ...['text/plain', 'multipart/form-data', 'application/x-www-form-urlencoded', undefined, 'application/jsonx'].map(
        (type): [number, object] => [415, { 'content-type': type }],
      ),
      [415, { 'content-encoding': 'gzip' }],
    ];
    for (const [status, headers] of strangers)
      expect([headers, (await ask(address, { body: drawing(), headers })).status]).toEqual([headers, status]);
    for (const method of ['POST', 'DELETE', 'PATCH', 'OPTIONS'])
      expect((await ask(address, { method })).status).toBe(405);
    for (const path of ['/slides/s1', '/slides', '/', '/slides/s1/annotations/tissue.json', '/manifest.csv'])
      expect([path, (await ask(path, { body: drawing() })).status]).toEqual([path, 405]);
    expect(existsSync(join(run, 's1'))).toBe(false);
    expect((await ask(address, { body: drawing(), headers: { authorization: undefined, cookie } })).status).toBe(201);
  });

  it('refuses names that are none, and leaves no file anywhere', async () => {
    const names = [
      '..',
      '.',
      '..%2f..%2fx',
      '%2e%2e',
      'a.1',
      'A',
      'con',
      'com1',
      '-x',
      'x'.repeat(65),
      'a%00',
      '%00',
      ' ',
    ];
    for (const name of names) {
      const { status } = await ask(`/slides/s1/annotations/${name.replace(' ', '%20')}.geojson`, { body: drawing() });
      expect([name, Math.floor(status / 100)]).toEqual([name, 4]);
    }
    for (const id of ['none', '..', '%2e%2e', '__proto__'])
      expect((await ask(`/slides/${id}/annotations/x.geojson`, { body: drawing() })).status).toBeGreaterThanOrEqual(
        404,
      );
    expect(readdirSync(run)).toEqual(['manifest.csv']);
  });

  it('refuses what is no drawing with 4xx, quickly', async () => {
    const ring = SQUARE[0] as number[][];
    const feature = JSON.parse(drawing()).features[0] as object;
    const bad: [number, string | Buffer][] = [
      ...['', '{', 'null', '[]', '1', '{"type":"FeatureCollection"}'].map((body): [number, string] => [0, body]),
      [400, Buffer.from([0x22, 0xff, 0xfe, 0x22])],
      [400, drawing().replace('10,20', 'NaN,20')],
      [400, drawing().replace('10,20', 'Infinity,20')],
      ...['1e999', '-1e999', '1e9', '"10"', 'null', '[]', 'true'].map((number): [number, string] => [
        422,
        drawing().replace('[10,20]', `[${number},20]`),
      ]),
      [422, drawing([[...ring.slice(0, 4)]])],
      [422, drawing([[ring[0], ring[1], ring[0]]])],
      [422, drawing([[ring[0], ring[1], ring[1], ring[0]]])],
      [422, drawing([ring.map((position) => [...position, 1])])],
      ...[[], 'x', {}, [[]], [[[]]], [null], [ring, 3]].map((at): [number, string] => [422, drawing(at)]),
      ...[{ name: 'a\u0000' }, { name: '' }, { name: 7 }, { classification: { name: 'x', color: [0, 0, 256] } }].map(
        (properties): [number, string] => [422, drawing(SQUARE, properties)],
      ),
      [422, drawing(SQUARE, { name: 'x'.repeat(201) })],
      [422, JSON.stringify({ type: 'FeatureCollection', features: [{ ...feature, geometry: { type: 'Point' } }] })],
      [422, '['.repeat(4e6) + ']'.repeat(4e6)],
      [422, '{"a":'.repeat(1e6)],
      [413, `[${'[],'.repeat(2e6)}[]]`],
      [413, ' '.repeat(9 * 2 ** 20)],
      [413, JSON.stringify({ type: 'FeatureCollection', features: Array(10_001).fill(feature) })],
    ];
    for (const [status, body] of bad) {
      const answer = await ask(address, { body });
      expect([body.slice(0, 80), answer.status]).toEqual([
        body.slice(0, 80),
        status || expect.toSatisfy((one: number) => one === 400 || one === 422),
      ]);
      expect(answer.headers['content-type']).toBe('application/problem+json');
    }
    // A size that is not announced is counted.
    const chunked = await ask(address, { body: ' '.repeat(9 * 2 ** 20), headers: { 'transfer-encoding': 'chunked' } });
    expect(chunked.status).toBe(413);
    expect(existsSync(join(run, 's1'))).toBe(false);
    const polluted = drawing().replace('"properties":{}', '"properties":{"__proto__":{"name":"x"},"constructor":1}');
    expect((await save(polluted)).status).toBe(201);
    expect(readFileSync(join(folder(), 'tissue.geojson'), 'utf8')).not.toContain('constructor');
  });

  it('follows no link out of the run', async () => {
    const outside = join(top, 'outside');
    mkdirSync(outside, { recursive: true });
    const secret = join(outside, 'tissue.geojson');
    writeFileSync(secret, 'secret');
    const places = [
      () => symlinkSync(outside, join(run, 's1')),
      () => {
        mkdirSync(join(run, 's1'));
        symlinkSync(outside, folder());
      },
      () => symlinkSync(join(top, 'nowhere'), join(run, 's1')),
      () => {
        mkdirSync(folder(), { recursive: true });
        symlinkSync(secret, join(folder(), 'tissue.geojson'));
      },
    ];
    for (const place of places) {
      rmSync(join(run, 's1'), { recursive: true, force: true });
      place();
      expect((await ask(address, { method: 'GET' })).status).toBe(403);
      expect((await save(drawing())).status).toBe(403);
      expect([readFileSync(secret, 'utf8'), readdirSync(outside)]).toEqual(['secret', ['tissue.geojson']]);
    }
    expect(existsSync(join(top, 'nowhere'))).toBe(false);
  });

  it('asks for runs, and for a token on this machine too', async () => {
    expect(server.token).toMatch(/^.{32}$/);
    const loose = serveViewer({ slides: [join(top, 's1.tif')], workers: 0, edit: true });
    await expect(loose).rejects.toMatchObject({ tag: 'option', option: 'edit' });
  });

  describeWithMounts('on a full disk', () => {
    it('says so, and what was there stands', async () => {
      mkdirSync(folder(), { recursive: true });
      const unmount = mountTmpfs(folder(), 'size=64k');
      try {
        const first = await save(drawing());
        expect(first.status).toBe(201);
        const ring = Array.from({ length: 5000 }, (_, k) => [k + 0.25, (k * k) % 997]);
        const full = await save(drawing([[...ring, ring[0]]]), first.headers['etag']);
        const { detail } = JSON.parse(full.body) as { detail: string };
        expect([full.status, detail]).toEqual([507, 'not saved, what was there stands: the disk is full']);
        expect((await ask(address, { method: 'GET' })).headers['etag']).toBe(first.headers['etag']);
        expect(readdirSync(folder()).filter((name) => name.startsWith('.'))).toEqual([]);
      } finally {
        unmount?.();
      }
    });
  });
});
