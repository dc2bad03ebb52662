import { createHash } from 'node:crypto';
import dns from 'node:dns';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openHttpSource } from '../../../../src/io/source/http-source.ts';
import type { RemoteOptions } from '../../../../src/io/source/remote-options.ts';
import {
  type Intercept,
  type RangeServer,
  refuseEach,
  serveFile,
  startRangeServer,
} from '../../../support/range-server.ts';
import { createNoise } from '../../../support/tiny-tiff.ts';

const BLOCK = 4096;
const bytes = createNoise(40 * BLOCK + 123);
/** Tries again at once, and waits for an answer as long as a busy machine may take. */
const quick: RemoteOptions = { blockBytes: BLOCK, retryDelayMs: 1, timeoutMs: 20_000 };

let server: RangeServer;
const open = (options: RemoteOptions = quick, name = 'slide.bin') => openHttpSource(server.getUrl(name), options);
const part = (first: number, length: number) => bytes.subarray(first, first + length);

beforeAll(async () => {
  server = await startRangeServer({});
});
beforeEach(() => {
  server.reset();
  server.files.clear();
  server.files.set('slide.bin', bytes);
  server.files.set('empty', new Uint8Array(0));
});
afterAll(() => server.close());

const answer =
  (status: number, headers: Record<string, string> = {}, body = ''): Intercept =>
  (_request, response) => {
    response.writeHead(status, headers).end(body);
    return true;
  };

describe('a remote source', () => {
  it('opens with one request for its start, and one for its end; what they brought is asked for no more', async () => {
    await using source = await open();
    expect(server.requests.length).toBe(1);
    expect(source.identity).toMatchObject({ size: bytes.length, mtimeMs: undefined, etag: expect.any(String) });
    expect(await source.read(0, BLOCK)).toEqual(part(0, BLOCK));
    expect(await source.read(bytes.length - 100, 100)).toEqual(part(bytes.length - 100, 100));
    expect(server.requests.map(({ range }) => range)).toEqual([
      { first: 0, last: BLOCK - 1 },
      { first: 40 * BLOCK, last: bytes.length - 1 },
    ]);
  });

  it('asks for the file that was opened, and for nothing compressed', async () => {
    await using source = await open();
    await source.read(10 * BLOCK, 10);
    for (const { headers } of server.requests) expect(headers['accept-encoding']).toMatch(/^identity/);
    expect(server.requests.slice(1).every(({ headers }) => headers['if-match'] === source.identity.etag)).toBe(true);
  });

  it('may be empty, or smaller than a block', async () => {
    await using empty = await open(quick, 'empty');
    expect(empty.size).toBe(0);
    server.files.set('small', bytes.slice(0, 10));
    await using small = await open(quick, 'small');
    expect(await small.read(0, 10)).toEqual(part(0, 10));
    // A server without ranges sends all of it.
    server.intercept = answer(200, { 'content-length': '3' }, 'abc');
    await using whole = await open();
    expect(Buffer.from(await whole.read(0, 3)).toString()).toBe('abc');
  });

  it('learns its size by HEAD where ranges do not say it', async () => {
    server.intercept = ({ method, range }, response) => {
      if (method === 'HEAD' || !range) return false;
      const last = Math.min(range.last, bytes.length - 1);
      response
        .writeHead(206, { 'content-range': `bytes ${range.first}-${last}/*` })
        .end(part(range.first, last + 1 - range.first));
      return true;
    };
    await using source = await open();
    expect(source.size).toBe(bytes.length);
    expect(await source.read(5 * BLOCK, 9)).toEqual(part(5 * BLOCK, 9));
  });

  it('carries the time of the last change where there is no ETag', async () => {
    server.hasEtag = false;
    const time = 'Wed, 21 Oct 2015 07:28:00 GMT';
    server.intercept = (request, response) => {
      response.setHeader('last-modified', time);
      serveFile(server, request, response);
      return true;
    };
    await using source = await open();
    expect(source.identity).toEqual({ size: bytes.length, mtimeMs: Date.parse(time), etag: undefined });
    await source.read(10 * BLOCK, 1);
    expect(server.requests.at(-1)?.headers['if-unmodified-since']).toBe(time);
  });
});

describe('what passes is tried again:', () => {
  it('a storm of 503, 429 and 500', async () => {
    server.intercept = refuseEach(3, (_request, response, turn) => {
      response.writeHead([503, 429, 500][turn - 1] ?? 503).end('busy');
    });
    await using source = await open();
    for (let block = 0; block < 40; block += 7)
      expect(await source.read(block * BLOCK, 20)).toEqual(part(block * BLOCK, 20));
    const ranges = new Set(server.requests.map(({ range }) => range?.last));
    expect(ranges.size).toBeGreaterThan(1);
    expect(server.requests.length).toBe(4 * ranges.size);
  });

  it('a connection that is reset within the body; what it brought is not asked for again', async () => {
    await using source = await open();
    await source.read(bytes.length - 1, 1);
    server.reset();
    server.intercept = ({ range }, response, count) => {
      if (count > 1 || !range) return false;
      const length = range.last - range.first + 1;
      response.writeHead(206, {
        'content-range': `bytes ${range.first}-${range.last}/${bytes.length}`,
        'content-length': length,
      });
      response.write(part(range.first, length - 1000), () => setTimeout(() => response.destroy(), 20));
      return true;
    };
    expect(await source.read(10 * BLOCK, 2 * BLOCK)).toEqual(part(10 * BLOCK, 2 * BLOCK));
    expect(server.requests.map(({ range }) => range)).toEqual([
      { first: 10 * BLOCK, last: 12 * BLOCK - 1 },
      { first: 12 * BLOCK - 1000, last: 12 * BLOCK - 1 },
    ]);
  });

  it('an answer that ends early without a word', async () => {
    const short: Intercept = ({ range }, response) => {
      if (!range) return false;
      // Chunked: nothing says how long it should have been.
      response.writeHead(206, { 'content-range': `bytes ${range.first}-${range.last}/${bytes.length}` });
      response.end(bytes.subarray(range.first, Math.min(range.first + 1000, range.last + 1)));
      return true;
    };
    await using source = await open();
    await source.read(bytes.length - 1, 1);
    server.reset();
    server.intercept = short;
    expect(await source.read(10 * BLOCK, 10)).toEqual(part(10 * BLOCK, 10));
    expect(server.requests.map(({ range }) => (range?.first ?? 0) - 10 * BLOCK)).toEqual([0, 1000, 2000, 3000, 4000]);
    const error = await open({ ...quick, retries: 2 }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ tag: 'remote', reason: 'truncated', transient: true });
  });

  it('a server that answers nothing', async () => {
    await using source = await open({ ...quick, timeoutMs: 500 });
    await source.read(bytes.length - 1, 1);
    server.reset();
    server.intercept = refuseEach(1, () => undefined);
    expect(await source.read(10 * BLOCK, 5)).toEqual(part(10 * BLOCK, 5));
    expect(server.requests.length).toBeGreaterThan(1);
  });

  it('but a slow one is waited for as long as something comes', async () => {
    // Longer altogether than the time that it may be silent, each pause a fraction of that.
    await using source = await open({ ...quick, timeoutMs: 1500 });
    await source.read(bytes.length - 1, 1);
    server.reset();
    server.intercept = async ({ range }, response) => {
      if (!range) return false;
      const length = range.last - range.first + 1;
      response.writeHead(206, { 'content-range': `bytes ${range.first}-${range.last}/${bytes.length}` });
      for (let at = 0; at < length; at += length / 8) {
        response.write(part(range.first + at, length / 8));
        await new Promise((resolve) => setTimeout(resolve, 220));
      }
      response.end();
      return true;
    };
    expect(await source.read(10 * BLOCK, BLOCK)).toEqual(part(10 * BLOCK, BLOCK));
    expect(server.requests.length).toBe(1);
  });

  it('after as long as the server says', async () => {
    server.intercept = (_request, response, count) => {
      if (count > 1) return false;
      response.writeHead(503, { 'retry-after': '1' }).end();
      return true;
    };
    const clock = performance.now();
    await using _source = await open();
    expect(performance.now() - clock).toBeGreaterThan(900);
  });

  it('as often as asked, and no more', async () => {
    server.intercept = answer(503);
    const error = await open({ ...quick, retries: 3 }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ tag: 'remote', reason: 'status', status: 503, transient: true });
    expect((error as Error).message).toMatch(/slide\.bin: HTTP 503 \(4 tries\)$/);
    expect(server.requests.length).toBe(4);
    await expect(open({ ...quick, retries: 0 })).rejects.toThrow(/HTTP 503$/);
  });
});

describe('what does not pass is told at once:', () => {
  it.each([
    [404, 'status', /HTTP 404, not found/, /address/],
    [403, 'status', /HTTP 403, access is denied/, /signed URL/],
    [401, 'status', /HTTP 401/, /credentials/],
    [400, 'status', /HTTP 400$/, /^$/],
    [501, 'status', /HTTP 501$/, /^$/],
    [416, 'status', /HTTP 416$/, /^$/],
  ])('HTTP %i', async (status, reason, message, hint) => {
    server.intercept = answer(status);
    const error = await open().catch((caught: unknown) => caught as Error & { hint?: string });
    expect(error).toMatchObject({ tag: 'remote', reason, status, transient: false });
    expect((error as Error).message).toMatch(message);
    expect((error as { hint?: string }).hint ?? '').toMatch(hint);
    expect(server.requests.length).toBe(1);
  });

  it('a server that ignores ranges; the file is not downloaded', async () => {
    let sent = 0;
    server.intercept = async (_request, response) => {
      response.writeHead(200, { 'content-length': 2 ** 30 });
      const piece = Buffer.alloc(2 ** 20);
      while (!response.destroyed && sent < 1000) {
        sent++;
        if (!response.write(piece))
          await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
      }
      return true;
    };
    await expect(open()).rejects.toMatchObject({
      tag: 'remote',
      reason: 'no-ranges',
      status: 200,
      hint: expect.stringContaining('range requests'),
    });
    expect(sent).toBeLessThan(100);
  });

  it('another range than was asked for, and a compressed one', async () => {
    server.intercept = answer(206, { 'content-range': 'bytes 5-9/100' }, 'abcde');
    await expect(open()).rejects.toMatchObject({ reason: 'no-ranges', status: 206 });
    server.intercept = answer(206, { 'content-range': 'bytes 0-4/100', 'content-encoding': 'gzip' }, 'abcde');
    await expect(open()).rejects.toMatchObject({ reason: 'protocol' });
    server.intercept = (_request, response) => {
      response.writeHead(206, { 'content-range': 'bytes 0-4/100' }).end('abcdefgh');
      return true;
    };
    await expect(open()).rejects.toMatchObject({ reason: 'protocol', message: expect.stringContaining('more bytes') });
  });

  it('a host that does not exist, and no URL', async () => {
    // As a resolver answers that knows no such host: the machine's own may have no network, and take its time to say so.
    const asked: string[] = [];
    const lookup = vi.spyOn(dns, 'lookup').mockImplementation(((host: string, _options: unknown, done: unknown) => {
      asked.push(host);
      (done as (error: Error) => void)(Object.assign(new Error(`ENOTFOUND ${host}`), { code: 'ENOTFOUND' }));
    }) as never);
    const opening = openHttpSource('http://slideloom.invalid/a.svs', { ...quick, retryDelayMs: 10_000 });
    await expect(opening.finally(() => lookup.mockRestore())).rejects.toMatchObject({
      reason: 'network',
      message: expect.stringContaining('no such host'),
    });
    expect(asked).toEqual(['slideloom.invalid']);
    await expect(openHttpSource('http://', quick)).rejects.toMatchObject({ tag: 'source' });
    await expect(openHttpSource('http://host:99999/secret?x', quick)).rejects.toThrow(/^http:\/\/host:99999\/secret: /);
  });

  it.each([
    [
      'its ETag',
      (): void =>
        void server.files.set(
          'slide.bin',
          bytes.map((value) => value ^ 1),
        ),
    ],
    ['its size', (): void => void server.files.set('slide.bin', bytes.slice(0, 9 * BLOCK))],
  ])('a file that changed under the reader, by %s', async (_what, change) => {
    await using source = await open();
    await source.read(bytes.length - 1, 1);
    change();
    const changed = { tag: 'remote', reason: 'changed', hint: expect.stringContaining('again') };
    await expect(source.read(10 * BLOCK, 10)).rejects.toMatchObject(changed);
    expect(source.failure).toMatchObject(changed);
    // Also where the server does not look at If-Match, or has no ETags.
    server.intercept = ({ range }, response) => {
      const now = server.files.get('slide.bin') ?? bytes;
      const { first = 0, last = 0 } = range ?? {};
      response.writeHead(206, { etag: '"other"', 'content-range': `bytes ${first}-${last}/${now.length}` });
      response.end(now.subarray(first, last + 1));
      return true;
    };
    await expect(source.read(5 * BLOCK, 10)).rejects.toMatchObject(changed);
  });

  it('options that make no sense', async () => {
    await expect(open({ retries: -1 })).rejects.toMatchObject({ tag: 'option', option: 'remote.retries' });
    await expect(open({ blockBytes: 1 })).rejects.toMatchObject({ tag: 'option', option: 'remote.blockBytes' });
    expect(server.requests.length).toBe(0);
  });
});

describe('redirects', () => {
  it('are followed, and remembered until they no longer lead anywhere', async () => {
    let target = '/target-1';
    server.files.set('target-1', bytes).set('target-2', bytes);
    server.intercept = ({ url }, response) => {
      if (url !== '/slide.bin') return false;
      response.writeHead(302, { location: target }).end();
      return true;
    };
    await using source = await open();
    await source.read(bytes.length - 1, 1);
    await source.read(10 * BLOCK, 10);
    expect(server.requests.map(({ url }) => url)).toEqual(['/slide.bin', '/target-1', '/target-1', '/target-1']);
    server.files.delete('target-1');
    target = '/target-2';
    expect(await source.read(20 * BLOCK, 10)).toEqual(part(20 * BLOCK, 10));
    expect(server.requests.slice(4).map(({ url }) => url)).toEqual(['/target-1', '/slide.bin', '/target-2']);
  });

  it('in a circle, or to nowhere, are errors', async () => {
    server.intercept = answer(302, { location: '/slide.bin' });
    await expect(open()).rejects.toThrow(/more than 5 redirects/);
    server.intercept = answer(302, { location: 'file:///etc/passwd' });
    await expect(open()).rejects.toThrow(/redirected to file:/);
    server.intercept = answer(302);
    await expect(open()).rejects.toMatchObject({ tag: 'remote' });
  });

  it('take no password to another host', async () => {
    const other = await startRangeServer({ 'slide.bin': bytes });
    try {
      server.intercept = answer(302, { location: other.getUrl('slide.bin') });
      const url = server.getUrl('slide.bin').replace('//', '//user:p%40ss@');
      await using source = await openHttpSource(url, quick);
      expect(source.name).toBe(server.getUrl('slide.bin'));
      const basic = `Basic ${Buffer.from('user:p@ss').toString('base64')}`;
      expect(server.requests[0]?.headers.authorization).toBe(basic);
      expect(other.requests[0]?.headers.authorization).toBeUndefined();
    } finally {
      await other.close();
    }
  });
});

describe('closing and aborting', () => {
  it('ends what is under way for nobody, and tries nothing again for those who still wait', async () => {
    const source = await open({ ...quick, retryDelayMs: 10_000 });
    await source.read(bytes.length - 1, 1);
    server.intercept = answer(503);
    const reading = source.read(10 * BLOCK, 10);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const clock = performance.now();
    await Promise.all([source.close(), expect(reading).rejects.toMatchObject({ tag: 'remote', status: 503 })]);
    // A second try would come after 5 s at the earliest.
    expect(performance.now() - clock).toBeLessThan(4500);
  });

  it('stops waiting, for an answer or for the next try, when the signal fires', async () => {
    await using source = await open({ ...quick, retryDelayMs: 10_000, timeoutMs: 10_000 });
    await source.read(bytes.length - 1, 1);
    for (const intercept of [answer(503), () => true] satisfies Intercept[]) {
      server.intercept = intercept;
      const reason = new Error('enough');
      const controller = new AbortController();
      setTimeout(() => controller.abort(reason), 30);
      await expect(source.read(10 * BLOCK, 10, { signal: controller.signal })).rejects.toBe(reason);
    }
    server.intercept = undefined;
    expect(await source.read(10 * BLOCK, 10)).toEqual(part(10 * BLOCK, 10));
  });

  it('also while it opens', async () => {
    server.intercept = () => true;
    const reason = new Error('enough');
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 30);
    const opening = openHttpSource(server.getUrl('slide.bin'), quick, { signal: controller.signal });
    await expect(opening).rejects.toBe(reason);
  });
});

describe('an object in a store like S3', () => {
  const environment = {
    AWS_ENDPOINT_URL: '',
    AWS_ACCESS_KEY_ID: 'AKID',
    AWS_SECRET_ACCESS_KEY: 'topsecret',
    AWS_SESSION_TOKEN: 'tokensecret',
    AWS_REGION: 'eu-test-1',
  };
  const before = { ...process.env };
  beforeEach(() => {
    Object.assign(process.env, environment, { AWS_ENDPOINT_URL: server.origin });
    server.files.set('bucket/a b.bin', bytes);
  });
  afterEach(() => {
    for (const name of Object.keys(environment)) delete process.env[name];
    Object.assign(process.env, before);
  });

  it('is read with signed requests', async () => {
    await using source = await openHttpSource('s3://bucket/a b.bin', quick);
    expect(source.name).toBe('s3://bucket/a b.bin');
    expect(await source.read(9 * BLOCK, 99)).toEqual(part(9 * BLOCK, 99));
    for (const { url, headers } of server.requests) {
      expect(url).toBe('/bucket/a%20b.bin');
      expect(headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-test-1\/s3\/aws4_request,/);
      expect(headers['x-amz-content-sha256']).toBe(createHash('sha256').digest('hex'));
      expect(headers['x-amz-security-token']).toBe('tokensecret');
    }
  });

  it('is read without a signature where there are no credentials, and says what to do where that is not enough', async () => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) delete process.env[name];
    server.intercept = answer(403, { 'content-type': 'application/xml' }, '<Error><Code>AccessDenied</Code></Error>');
    await expect(openHttpSource('s3://bucket/a b.bin', quick)).rejects.toMatchObject({
      status: 403,
      message: 's3://bucket/a b.bin: HTTP 403 AccessDenied',
      hint: expect.stringContaining('AWS_ACCESS_KEY_ID'),
    });
    expect(server.requests[0]?.headers.authorization).toBeUndefined();
  });

  it('says what to set where the store is in another region than the signature', async () => {
    const text = '<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>';
    server.intercept = answer(400, { 'content-type': 'application/xml' }, text);
    await expect(openHttpSource('s3://bucket/a b.bin', quick)).rejects.toMatchObject({
      message: 's3://bucket/a b.bin: HTTP 400 AuthorizationHeaderMalformed',
      hint: expect.stringContaining('AWS_REGION'),
    });
  });

  it('tells no secret in its errors', async () => {
    const echo = '<Error><Code>SignatureDoesNotMatch</Code><StringToSign>topsecret</StringToSign></Error>';
    server.intercept = answer(403, { 'content-type': 'application/xml' }, echo);
    const error = await openHttpSource('s3://bucket/a b.bin', quick).catch((caught: unknown) => caught as Error);
    const { inspect } = await import('node:util');
    expect(inspect(error)).toContain('SignatureDoesNotMatch');
    expect(inspect(error, { depth: 9 })).not.toMatch(/topsecret|tokensecret|AKID/);
    const presigned = `${server.getUrl('none.bin')}?X-Amz-Signature=topsecret`;
    server.intercept = undefined;
    const missing = await openHttpSource(presigned, quick).catch((caught: unknown) => caught as Error);
    expect(server.requests.at(-1)?.url).toContain('topsecret');
    expect(inspect(missing, { depth: 9 })).not.toContain('topsecret');
  });
});
