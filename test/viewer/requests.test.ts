import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { request } from 'node:http';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from '../../src/io/encode-image.ts';
import { serveViewer, type ViewerServer } from '../../src/viewer/serve-viewer.ts';
import { writeJpegSlide } from '../support/jpeg-slide.ts';
import { createSeededRandom } from '../support/seeded-random.ts';

const TOKEN = 'sixteen-characters-and-more';

/** A path as it is written, which `fetch` would tidy. */
function ask(server: ViewerServer, path: string, options: { method?: string; headers?: Record<string, string> } = {}) {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
    const one = request({ host: '127.0.0.1', port: server.port, path, agent: false, ...options }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
      );
    });
    one.on('error', reject).end();
  });
}

describe('requests to the viewer', () => {
  let folder: string;
  let server: ViewerServer;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'viewer-'));
    mkdirSync(join(folder, 'slides'));
    // 3 x 3 tiles, of which the one in the middle is no JPEG.
    const kind = (col: number, row: number) => (col === 1 && row === 1 ? 'noise' : 'baseline');
    await writeJpegSlide(join(folder, 'slides', 'bad.tif'), { width: 768, height: 768, tile: 256, kind });
    await writeJpegSlide(join(folder, 'secret.tif'), { width: 300, height: 300, tile: 256 });
    symlinkSync(join(folder, 'secret.tif'), join(folder, 'slides', 'link.tif'));
    symlinkSync(join(folder, 'slides', 'bad.tif'), join(folder, 'slides', 'twin.tif'));
    server = await serveViewer({ slides: [join(folder, 'slides')], workers: 0, maxOpen: 1 });
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });
  const tile = '/slides/bad_files/10/0_0.jpg';

  it('answers what has not changed with 304, HEAD without a body', async () => {
    const whole = await ask(server, tile);
    const { etag } = whole.headers as { etag: string };
    expect(etag).toMatch(/^"[0-9a-f]{32}"$/);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await ask(server, tile, { headers: { 'if-none-match': known } });
      expect([again.status, again.body.length, again.headers['etag']]).toEqual([304, 0, etag]);
    }
    expect((await ask(server, tile, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
    const head = await ask(server, tile, { method: 'HEAD' });
    expect([head.status, head.body.length, head.headers['content-length']]).toEqual([
      200,
      0,
      String(whole.body.length),
    ]);
    expect(head.headers['x-content-type-options']).toBe('nosniff');
    expect(head.headers['content-security-policy']).toContain("default-src 'none'");
    expect(head.headers['cache-control']).toBe('private, max-age=300');
    const { version } = JSON.parse((await ask(server, '/slides/bad')).body.toString()) as { version: string };
    expect((await ask(server, `${tile}?v=${version}`)).headers['cache-control']).toContain('immutable');
  });

  it('says of a bad tile which it is, and shows it to who asks for a picture', async () => {
    const bad = await ask(server, '/slides/bad_files/10/1_1.jpg');
    expect([bad.status, bad.headers['content-type']]).toEqual([500, 'application/problem+json']);
    const problem = JSON.parse(bad.body.toString()) as { detail: string };
    expect(problem).toMatchObject({ status: 500, tag: 'tile', slide: 'bad', level: 0, col: 1, row: 1 });
    expect(problem.detail).not.toContain(folder);
    expect([bad.headers['cache-control'], bad.headers['x-content-type-options']]).toEqual(['no-store', 'nosniff']);
    const shown = await ask(server, '/slides/bad_files/10/1_1.jpg', {
      headers: { accept: 'image/avif,image/*,*/*;q=0.8' },
    });
    expect([shown.status, shown.headers['content-type']]).toEqual([500, 'image/png']);
    const { data } = await decodeImage(shown.body);
    expect(data.filter((value) => value === 255).length).toBeLessThan(data.length / 3);
    // The level above, which averages it, has no white tile either; a tile beside it is whole.
    expect((await ask(server, '/slides/bad_files/9/0_0.jpg')).status).toBe(500);
    expect((await ask(server, '/slides/bad_files/10/2_1.jpg')).status).toBe(200);
  });

  it('serves nothing that a link leads out to', async () => {
    expect(server.outside).toEqual([join(folder, 'slides', 'link.tif')]);
    expect([...server.slides].sort()).toEqual(['bad', 'twin']);
    expect((await ask(server, '/slides/link')).status).toBe(404);
    await using follows = await serveViewer({ slides: [join(folder, 'slides')], workers: 0, followLinks: true });
    expect((await ask(follows, '/slides/link')).status).toBe(200);
  });

  it('answers bad addresses with 4xx and nothing else', async () => {
    const paths = [
      ...['/../../etc/passwd', '/slides/../secret', '/slides/..%2fsecret', '/slides/%2e%2e/secret.tif', '//etc/passwd'],
      ...['/slides/..%5csecret', '/slides/bad%00', '/slides/%00', '/slides/%', '/slides/%zz', '/slides/%c0%ae%c0%ae/x'],
      ...[
        '/slides/link.tif',
        '/slides/bad.tif',
        '/slides/bad_files',
        '/slides/bad_files/10',
        '/slides/__proto__',
        '/slides/constructor',
      ],
      ...[
        '-1/0_0.jpg',
        '99/0_0.jpg',
        '1e1/0_0.jpg',
        '10/3_0.jpg',
        '10/0_99999999999999.jpg',
        '10/0.jpg',
        '10/0_0_0.jpg',
      ].map((end) => `/slides/bad_files/${end}`),
      ...['10/0_0.gif', '10/0_0', '10/NaN_0.jpg', '10/0x1_0.jpg', '10/ 1_0.jpg', '10/%2b1_0.jpg'].map(
        (end) => `/slides/bad_files/${encodeURI(end)}`,
      ),
      ...[
        'thumbnail.jpg?size=0',
        'thumbnail.jpg?size=99999',
        'thumbnail.jpg?size=-1',
        'thumbnail.gif',
        'x.jpg',
        'associated/label.jpg',
      ].map((end) => `/slides/bad/${end}`),
      ...['?channel=', '?channel=none', `?channel=${'x'.repeat(300)}`].map((query) => `${tile}${query}`),
      ...['full/max/90/default.jpg', 'full/max/0/gray.jpg', 'full/max/0/default.tif', 'full/0,0/0/default.jpg'],
      ...[
        '768,0,10,10/max/0/default.jpg',
        '0,0,0,10/max/0/default.jpg',
        '-1,0,5,5/max/0/default.jpg',
        '1,2,3/max/0/default.jpg',
      ],
      ...[
        'full/769,/0/default.jpg',
        'full/^99999,/0/default.jpg',
        'full/^16384,16384/0/default.jpg',
        'full/pct:200/0/default.jpg',
      ],
      ...[
        'pct:101,0,1,1/max/0/default.jpg',
        'pct:NaN,0,1,1/max/0/default.jpg',
        'full/1e3,/0/default.jpg',
        'full/,/0/default.jpg',
      ],
      `/slides/${'x'.repeat(3000)}`,
    ].map((path) => (path.startsWith('/') ? path : `/iiif/3/bad/${path}`));
    const answers = await Promise.all(
      paths.map(async (path) => [path, (await ask(server, encodeSpaces(path))).status]),
    );
    expect(answers.filter(([, status]) => Number(status) < 400 || Number(status) > 499)).toEqual([]);
  });

  it('answers random addresses with 2xx to 4xx, and stays well', async () => {
    const random = createSeededRandom(7);
    const parts = [
      'slides',
      'iiif',
      '3',
      'bad',
      'bad.dzi',
      'bad_files',
      'info.json',
      '..',
      '%2e',
      '10',
      '9',
      '0_0.jpg',
      '%25',
      'full',
    ];
    const more = [
      'max',
      '0',
      'default.jpg',
      'pct:',
      '^',
      '!',
      ',',
      '-',
      'thumbnail.jpg',
      '?size=',
      '?channel=0',
      '%ff',
      ';',
      '@',
    ];
    const pick = () => [...parts, ...more][Math.floor(random.uniform() * (parts.length + more.length))] ?? '';
    const paths = Array.from({ length: 300 }, () =>
      Array.from(
        { length: 1 + Math.floor(random.uniform() * 6) },
        () => `/${pick()}${random.uniform() < 0.2 ? pick() : ''}`,
      ).join(''),
    );
    const statuses = await Promise.all(paths.map(async (path) => [path, (await ask(server, path)).status] as const));
    // The averaged levels hold the bad tile.
    const strange = statuses.filter(([path, status]) => status >= 500 && !/bad/.test(path));
    expect(strange).toEqual([]);
    expect(
      statuses.filter(([, status]) => status >= 500).every(([path]) => /0_0\.jpg|default\.jpg|thumbnail/.test(path)),
    ).toBe(true);
    expect((await ask(server, tile)).status).toBe(200);
  });

  it('takes no other method, no other name, no request without its token', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])
      expect((await ask(server, tile, { method })).status, method).toBe(405);
    for (const host of ['evil.example', 'evil.example:80', '127.0.0.1.evil.example', 'localhost.evil'])
      expect((await ask(server, tile, { headers: { host } })).status, host).toBe(421);
    for (const host of ['localhost', 'LOCALHOST:1234', '[::1]:80', '127.0.0.1'])
      expect((await ask(server, tile, { headers: { host } })).status, host).toBe(200);
    const slides = [join(folder, 'slides')];
    await expect(serveViewer({ slides, token: 'short', workers: 0 })).rejects.toThrow('16 characters');
    await using open = await serveViewer({ slides, host: '0.0.0.0', workers: 0 });
    expect(open.token?.length).toBeGreaterThan(30);
    expect(open.url).toBe(`http://${hostname()}:${open.port}/?token=${open.token}`);
    expect((await ask(open, tile)).status).toBe(401);
    await using guarded = await serveViewer({ slides, token: TOKEN, workers: 0 });
    expect((await ask(guarded, tile)).status).toBe(401);
    expect((await ask(guarded, `${tile}?token=${TOKEN}x`)).status).toBe(401);
    expect((await ask(guarded, tile, { headers: { authorization: `Bearer ${TOKEN}` } })).status).toBe(200);
    const first = await ask(guarded, `${tile}?token=${TOKEN}`);
    expect(first.status).toBe(200);
    const [cookie = ''] = first.headers['set-cookie'] as string[];
    expect(cookie).toMatch(/HttpOnly.*SameSite=Strict/i);
    expect((await ask(guarded, tile, { headers: { cookie: cookie.split(';')[0] ?? '' } })).status).toBe(200);
  });

  it('stops work for clients that have gone, and keeps few slides open', async () => {
    const before = server.getLoad().cachedBytes;
    const { body } = await ask(server, '/iiif/3/bad/50,0,700,255/^2000,/0/default.png');
    const leave = new AbortController();
    const gone = Array.from({ length: 40 }, (_, i) =>
      fetch(new URL(`/iiif/3/bad/${i},0,700,255/^2000,/0/default.png`, server.url), { signal: leave.signal }).catch(
        () => 'gone',
      ),
    );
    await expect.poll(() => server.getLoad().waiting).toBeGreaterThan(0);
    leave.abort();
    expect((await Promise.all(gone)).filter((one) => one === 'gone').length).toBeGreaterThan(0);
    await expect.poll(() => server.getLoad()).toMatchObject({ running: 0, waiting: 0 });
    // Few of them were made.
    expect((server.getLoad().cachedBytes - before) / body.length).toBeLessThan(20);
    await ask(server, '/slides/twin');
    await ask(server, '/slides/bad');
    await expect.poll(() => server.getLoad().openSlides).toBe(1);
  });

  it('refuses clients that ask too often, and says when to come again', async () => {
    await using busy = await serveViewer({ slides: [join(folder, 'slides')], workers: 0, requestRate: 5 });
    // Four seconds' worth at once.
    const answers = await Promise.all(Array.from({ length: 60 }, () => ask(busy, '/slides')));
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(20);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.headers).toMatchObject({ 'retry-after': '1', 'content-type': 'application/problem+json' });
    expect(answers.every(({ status }) => status === 200 || status === 429)).toBe(true);
  });

  it('closes in the midst of requests', async () => {
    const busy = await serveViewer({ slides: [join(folder, 'slides')], workers: 0 });
    const asked = Array.from({ length: 20 }, (_, i) =>
      ask(busy, `/iiif/3/twin/${i},0,700,255/^2000,/0/default.png`).catch(() => 'gone'),
    );
    await expect.poll(() => busy.getLoad().running).toBeGreaterThan(0);
    await busy.close();
    await Promise.all([...asked, busy.close()]);
    expect(busy.getLoad()).toMatchObject({ openSlides: 0, cachedBytes: 0 });
  });
});

/** A space would end the request line. */
function encodeSpaces(path: string): string {
  return path.replaceAll(' ', '%20');
}
