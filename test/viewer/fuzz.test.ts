import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveViewer, type ViewerServer } from '../../src/viewer/serve-viewer.ts';
import { writeJpegSlide } from '../support/jpeg-slide.ts';

const SECRET = 'this-must-never-be-served';
const TILE = '/slides/case_files/9/0_0.jpg';
const HOST = 'Host: localhost';

/** As bytes on a wire: no client that tidies. @returns the status, 0 where the server hung up without a word */
function send(server: ViewerServer, request: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(server.port, '127.0.0.1', () => socket.write(Buffer.from(request, 'latin1')));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNRESET' ? undefined : reject(error)));
    socket.on('close', () => {
      const text = Buffer.concat(chunks).toString('latin1');
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text });
    });
  });
}

const get = (target: string, headers: readonly string[] = [HOST]) =>
  `GET ${target} HTTP/1.1\r\n${[...headers, 'Connection: close'].join('\r\n')}\r\n\r\n`;

/** Ways to say "one folder up", or to end a name before its end. */
const CLIMBS = [
  ...['..', '.', '%2e%2e', '%2E.', '.%2e', '%252e%252e', '..;', '..%00', '%00', '%0a', '%0d%0aX:y', '%c0%ae%c0%ae'],
  ...[
    '..%2f',
    '..%5c',
    '..\\',
    '%2f..%2f',
    '%5c%5cserver',
    '%uff0e',
    '\u00e4',
    '%ff%fe',
    '%',
    '%2',
    '%zz',
    '~root',
    'C:',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'case.tif',
    'case%20',
    ' case',
    'CASE',
    'case_files',
    '*',
    '[1]',
    '{}',
    "'",
    '"',
    '|',
  ],
  ...['-1', '1e1', '0x9', '9.0', '+9', '９', '99999999999999999999', 'NaN', 'Infinity', '9 ', '', '0_0.jpg', '0_0.JPG'],
] as const;

const PATHS = [
  ...['/etc/passwd', '//etc/passwd', '/../../../../etc/passwd', '/slides/../secret.txt', '/slides/..%2fsecret.txt'],
  ...[
    '/slides/%2e%2e/%2e%2e/secret.txt',
    '/assets/../../package.json',
    '/assets/..%2f..%2fpackage.json',
    '/assets/%2e%2e/x',
  ],
  ...[
    '/slides/case/associated/..%2f..%2fsecret.txt',
    '/slides/case/overlays/..%2fsecret',
    '/slides/file:%2f%2f%2fetc%2fpasswd',
  ],
  ...[
    '/slides/case/polygons/..%2f..%2fsecret.bin',
    '/slides/case/patches/..%2fx/boxes.bin',
    '/slides/case/views/..%2fx_files/9/0_0.jpg',
  ],
  ...[`/slides/${'%2e%2e/'.repeat(40)}secret.txt`, `/${'a/'.repeat(900)}`, `/slides/${'x'.repeat(5000)}`],
  ...[`${TILE}?channel=`, `${TILE}?channel=${'x'.repeat(300)}`, `${TILE}?channel=%00`, `${TILE}?channel=../..`],
  ...['?size=0', '?size=-1', '?size=1e3', '?size=4294967296', '?size=', '?size=%31%30%30%30%30'].map(
    (query) => `/slides/case/thumbnail.jpg${query}`,
  ),
  ...[
    'full/max/90/default.jpg',
    'full/max/!0/default.jpg',
    '0,0,0,0/max/0/default.jpg',
    'pct:0,0,0,0/max/0/default.jpg',
  ],
  ...['full/^99999,/0/default.jpg', 'full/1,1,1/0/default.jpg', 'full/pct:0/0/default.jpg', '..%2f/max/0/default.jpg'],
].map((path) => (path.startsWith('/') ? path : `/iiif/3/case/${path}`));

const REQUESTS: Readonly<Record<string, string>> = {
  'no host': get(TILE, []),
  'two hosts': get(TILE, [HOST, 'Host: evil.example']),
  'host of another': get(TILE, ['Host: evil.example']),
  'host with a user': get(TILE, ['Host: localhost@evil.example']),
  'host with a path': get(TILE, ['Host: localhost/slides']),
  'empty host': get(TILE, ['Host: ']),
  'host of dots': get(TILE, ['Host: ..']),
  'absolute form': get('http://evil.example/slides', ['Host: evil.example']),
  'no path': get('slides'),
  'a NUL in the path': get('/slides/\0'),
  'a tab in the path': get('/slides/\tcase'),
  'a line end in a header': get(TILE, [HOST, 'X: a\rb']),
  'a NUL in a header': get(TILE, [HOST, 'X: a\0b']),
  'a space before the colon': get(TILE, [HOST, 'X : y']),
  'a folded header': get(TILE, [HOST, ' folded: y']),
  'no name of a header': get(TILE, [HOST, ': y']),
  'headers without end': get(TILE, [HOST, `X: ${'y'.repeat(20_000)}`]),
  'many headers': get(TILE, [HOST, ...Array.from({ length: 3000 }, (_, i) => `X${i}: y`)]),
  'two lengths': get(TILE, [HOST, 'Content-Length: 1', 'Content-Length: 2']),
  'length and chunks': get(TILE, [HOST, 'Content-Length: 3', 'Transfer-Encoding: chunked']),
  'a length below zero': get(TILE, [HOST, 'Content-Length: -1']),
  'another method': `DELETE ${TILE} HTTP/1.1\r\n${HOST}\r\nConnection: close\r\n\r\n`,
  'a method of none': `GETS ${TILE} HTTP/1.1\r\n${HOST}\r\n\r\n`,
  'a write': `PUT /slides/case/polygons/x.geojson HTTP/1.1\r\n${HOST}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`,
  'a tunnel': `CONNECT evil.example:443 HTTP/1.1\r\n${HOST}\r\n\r\n`,
  'another protocol': `GET ${TILE} HTTP/9.9\r\n${HOST}\r\n\r\n`,
  'no protocol': `GET ${TILE}\r\n\r\n`,
  'no HTTP': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
};

describe('hostile requests', () => {
  let folder: string;
  let server: ViewerServer;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'viewer-fuzz-'));
    mkdirSync(join(folder, 'slides'));
    writeFileSync(join(folder, 'secret.txt'), SECRET);
    writeFileSync(join(folder, 'slides', 'secret.txt'), SECRET);
    await writeJpegSlide(join(folder, 'slides', 'case.tif'), { width: 512, height: 512, tile: 256 });
    server = await serveViewer({ slides: [join(folder, 'slides')], workers: 0 });
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  /** @returns what did not get 4xx, or got more than it should */
  async function findPassed(requests: Readonly<Record<string, string>>): Promise<unknown[]> {
    const answers = await Promise.all(
      Object.entries(requests).map(async ([name, request]) => ({ name, ...(await send(server, request)) })),
    );
    const refused = ({ status, text }: { status: number; text: string }) =>
      status >= 400 && status <= 499 && !text.includes(SECRET) && !text.includes(folder);
    return answers.filter((answer) => !refused(answer)).map(({ name, status }) => [name, status]);
  }
  const byName = (targets: readonly string[]) => Object.fromEntries(targets.map((target) => [target, get(target)]));

  it('get 4xx and nothing else: paths, parameters, headers', async () => {
    expect((await send(server, get(TILE))).status).toBe(200);
    expect(await findPassed(byName(PATHS))).toEqual([]);
    expect(await findPassed(REQUESTS)).toEqual([]);
  });

  it('get 4xx with any part of an address replaced', async () => {
    const valid = ['/slides/case_files/9/0_0.jpg', '/slides/case/thumbnail.jpg', '/iiif/3/case/full/max/0/default.jpg'];
    const targets = valid.flatMap((address) => {
      const parts = address.split('/');
      return parts.flatMap((_, at) =>
        at === 0 ? [] : CLIMBS.map((climb) => parts.with(at, at === parts.length - 1 ? `${climb}x` : climb).join('/')),
      );
    });
    const hostile = targets.filter((target) => !valid.includes(target)).map((target) => target.replaceAll(' ', '%20'));
    expect(await findPassed(byName(hostile))).toEqual([]);
  });

  it('never get 5xx, nor what is not served, whatever is asked', async () => {
    const part = fc.oneof(
      fc.constantFrom(
        ...CLIMBS,
        'slides',
        'case',
        'case_files',
        'iiif',
        '3',
        'overlays',
        'views',
        'polygons',
        'patches',
      ),
      fc.constantFrom(
        '9',
        '0_0.jpg',
        '0_0.png',
        'full',
        'max',
        '0',
        'default.jpg',
        'info.json',
        'facts.json',
        'secret.txt',
      ),
      fc.string({ unit: 'binary-ascii', maxLength: 8 }).map((text) => text.replaceAll(/[\s\0]/g, '%00')),
      fc.uint8Array({ maxLength: 4 }).map((bytes) => [...bytes].map((byte) => `%${byte.toString(16)}`).join('')),
    );
    const query = fc.option(fc.webQueryParameters({ size: 'small' }), { nil: '' });
    const header = fc.tuple(
      fc.constantFrom(
        'Host',
        'If-None-Match',
        'Range',
        'Accept',
        'Cookie',
        'Authorization',
        'X-Forwarded-Host',
        'Origin',
      ),
      fc.string({ unit: 'binary', maxLength: 30 }),
    );
    const request = fc
      .tuple(fc.array(part, { minLength: 1, maxLength: 8 }), query, fc.array(header, { maxLength: 3 }))
      .map(([parts, asked, headers]) =>
        get(`/${parts.join('/').replaceAll(' ', '%20')}${asked ? `?${asked}` : ''}`, [
          HOST,
          ...headers.map(([name, value]) => `${name}: ${value}`),
        ]),
      );
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 20, maxLength: 20 }), async (requests) => {
        for (const { status, text } of await Promise.all(requests.map((one) => send(server, one)))) {
          expect(status, text.slice(0, 300)).toBeLessThan(500);
          expect(text).not.toContain(SECRET);
        }
      }),
      { numRuns: 20, seed: Number(process.env['PROPERTY_SEED'] ?? 9) },
    );
    expect((await send(server, get(TILE))).status).toBe(200);
  });
});
