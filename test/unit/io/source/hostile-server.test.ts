import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openHttpSource } from '../../../../src/io/source/http-source.ts';
import type { RemoteOptions } from '../../../../src/io/source/remote-options.ts';
import { type Intercept, type RangeServer, serveFile, startRangeServer } from '../../../support/range-server.ts';
import { createNoise } from '../../../support/tiny-tiff.ts';

const BLOCK = 4096;
const bytes = createNoise(40 * BLOCK + 123);
/** Tries again at once, and waits for an answer as long as a busy machine may take. */
const quick: RemoteOptions = { blockBytes: BLOCK, retryDelayMs: 1, timeoutMs: 20_000 };
/** Gives up soon, where the end of the waiting is what is tested. */
const impatient: RemoteOptions = { ...quick, timeoutMs: 1000 };

let server: RangeServer;
const open = (options: RemoteOptions = quick) => openHttpSource(server.getUrl('slide.bin'), options);
const part = (first: number, length: number) => bytes.subarray(first, first + length);
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

beforeAll(async () => {
  server = await startRangeServer({});
});
beforeEach(() => {
  server.reset();
  server.files.set('slide.bin', bytes);
});
afterAll(() => server.close());

/** A 206 with the first `most` bytes of what was asked for. */
const giveAtMost =
  (most: number): Intercept =>
  ({ range, headers }, response) => {
    if (!range || headers['if-match'] === 'never') return false;
    const last = Math.min(range.last, bytes.length - 1, range.first + most - 1);
    response.writeHead(206, { 'content-range': `bytes ${range.first}-${last}/${bytes.length}` });
    response.end(part(range.first, last + 1 - range.first));
    return true;
  };

describe('a size that makes no sense', () => {
  it.each(['9'.repeat(300), '99999999999999999', '3'])('is refused: %s bytes', async (size) => {
    server.intercept = (_request, response) => {
      response.writeHead(206, { 'content-range': `bytes 0-4/${size}` }).end('abcde');
      return true;
    };
    await expect(open()).rejects.toMatchObject({ tag: 'remote', status: 206 });
  });

  it('also where HEAD says it', async () => {
    server.intercept = ({ method }, response) => {
      if (method === 'HEAD') response.writeHead(200, { 'content-length': '3' }).end();
      else response.writeHead(206, { 'content-range': 'bytes 0-4/*' }).end('abcde');
      return true;
    };
    await expect(open()).rejects.toMatchObject({ tag: 'remote', reason: 'protocol' });
  });
});

describe('the size by HEAD', () => {
  const withoutSize =
    (head: Intercept): Intercept =>
    (request, response, count) => {
      if (request.method === 'HEAD') return head(request, response, count);
      if (!request.range) return false;
      const { first } = request.range;
      const last = Math.min(request.range.last, bytes.length - 1);
      response.writeHead(206, { 'content-range': `bytes ${first}-${last}/*` }).end(part(first, last + 1 - first));
      return true;
    };

  it('is asked for again where the server is busy', async () => {
    server.intercept = withoutSize((_request, response, count) => {
      if (count > 3) return false;
      response.writeHead(503).end();
      return true;
    });
    await using source = await open();
    expect(source.size).toBe(bytes.length);
  });

  it('is that of the file as stored: of a compressed answer it is an error', async () => {
    server.intercept = withoutSize(({ headers }, response) => {
      // What a server does that compresses whatever it may.
      if (/^identity$/.test(headers['accept-encoding'] ?? '')) return false;
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': '8000' }).end();
      return true;
    });
    await using source = await open();
    expect(source.size).toBe(bytes.length);
    server.intercept = withoutSize((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': '8000' }).end();
      return true;
    });
    await expect(open()).rejects.toMatchObject({ tag: 'remote', reason: 'protocol' });
  });
});

describe('an answer of which all bytes came and the end did not', () => {
  it.each<[string, Intercept]>([
    ['as the connection broke', (_request, response) => void pause(20).then(() => response.destroy()) as never],
    ['as the server waits', () => false],
  ])('is whole: %s', async (_what, end) => {
    await using source = await open(impatient);
    await source.read(bytes.length - 1, 1);
    server.reset();
    server.intercept = async (request, response, count) => {
      const { range } = request;
      if (!range || count > 1) return false;
      // Chunked: the last chunk, of no bytes, is what is missing.
      response.writeHead(206, { 'content-range': `bytes ${range.first}-${range.last}/${bytes.length}` });
      await new Promise((resolve) => response.write(part(range.first, range.last - range.first + 1), resolve));
      await end(request, response, count);
      return true;
    };
    expect(await source.read(10 * BLOCK, 50)).toEqual(part(10 * BLOCK, 50));
    expect(server.requests.length).toBe(1);
    expect(await source.read(11 * BLOCK, 50)).toEqual(part(11 * BLOCK, 50));
  });
});

describe('a server that gives less at a time than it is asked for', () => {
  it('is asked for the rest at once, and no try is counted', async () => {
    server.intercept = giveAtMost(1000);
    await using source = await open({ ...quick, retries: 0, retryDelayMs: 10_000 });
    expect(await source.read(0, 3 * BLOCK)).toEqual(part(0, 3 * BLOCK));
    expect(await source.read(20 * BLOCK, BLOCK)).toEqual(part(20 * BLOCK, BLOCK));
    expect(await source.read(bytes.length - 9, 9)).toEqual(part(bytes.length - 9, 9));
  });

  it('but not byte by byte', async () => {
    await using source = await open();
    await source.read(bytes.length - 1, 1);
    server.reset();
    server.intercept = giveAtMost(2);
    await expect(source.read(20 * BLOCK, 10)).rejects.toMatchObject({ tag: 'remote', reason: 'protocol' });
    expect(server.requests.length).toBeLessThan(100);
  });
});

describe('a file that changed', () => {
  it('is seen by its time where the answer has no ETag', async () => {
    let time = 'Wed, 21 Oct 2015 07:28:00 GMT';
    server.intercept = (request, response) => {
      response.setHeader('last-modified', time);
      serveFile(server, request, response);
      return true;
    };
    await using source = await open();
    await source.read(bytes.length - 1, 1);
    server.hasEtag = false;
    expect(await source.read(20 * BLOCK, 10)).toEqual(part(20 * BLOCK, 10));
    time = 'Thu, 22 Oct 2015 07:28:00 GMT';
    await expect(source.read(10 * BLOCK, 10)).rejects.toMatchObject({ tag: 'remote', reason: 'changed' });
  });

  it('is seen by a weak ETag, which can not be asked for', async () => {
    let etag = 'W/"one"';
    server.intercept = ({ range }, response) => {
      if (!range) return false;
      const last = Math.min(range.last, bytes.length - 1);
      response.writeHead(206, { etag, 'content-range': `bytes ${range.first}-${last}/${bytes.length}` });
      response.end(part(range.first, last + 1 - range.first));
      return true;
    };
    await using source = await open();
    expect(await source.read(20 * BLOCK, 10)).toEqual(part(20 * BLOCK, 10));
    expect(server.requests.every(({ headers }) => headers['if-match'] === undefined)).toBe(true);
    // A proxy that strengthens or weakens a tag has not changed the file.
    etag = '"one"';
    expect(await source.read(30 * BLOCK, 10)).toEqual(part(30 * BLOCK, 10));
    etag = 'W/"two"';
    await expect(source.read(10 * BLOCK, 10)).rejects.toMatchObject({ tag: 'remote', reason: 'changed' });
  });
});

describe('a refusal', () => {
  it.each<[string, (response: import('node:http').ServerResponse) => void]>([
    ['stalls', (response) => response.write('<Error>')],
    ['breaks off', (response) => response.write('<Error>', () => setTimeout(() => response.destroy(), 10))],
    ['is endless', (response) => response.write(`<Error>${' '.repeat(100_000)}`)],
  ])('whose text %s is a refusal all the same', async (_what, send) => {
    server.intercept = (_request, response) => {
      response.writeHead(403, { 'content-type': 'application/xml' });
      send(response);
      return true;
    };
    await expect(open(impatient)).rejects.toMatchObject({ tag: 'remote', reason: 'status', status: 403 });
    expect(server.requests.length).toBe(1);
  });

  it('that leads nowhere says so', async () => {
    server.intercept = (_request, response) => {
      response.writeHead(301).end();
      return true;
    };
    await expect(open()).rejects.toThrow(/redirected without an address/);
    expect(server.requests.length).toBe(1);
  });
});

it('a request that can not be sent at all is not tried again', async () => {
  // The port of X11, which `fetch` refuses.
  const opening = openHttpSource('http://127.0.0.1:6000/slide.bin?secret', { retryDelayMs: 10_000 });
  await expect(opening).rejects.toMatchObject({
    reason: 'network',
    transient: false,
    message: 'http://127.0.0.1:6000/slide.bin: the request can not be sent',
  });
});

it('a host that speaks no TLS is not tried again', async () => {
  const opening = openHttpSource(server.getUrl('slide.bin').replace('http:', 'https:'), { retryDelayMs: 10_000 });
  await expect(opening).rejects.toMatchObject({ reason: 'network', transient: false });
});

describe('connections', () => {
  it('are given back when nobody waits any more: aborted, refused, closed', async () => {
    let waiting = 0;
    const never: Intercept = (_request, response) => {
      waiting++;
      response.on('close', () => waiting--);
      return true;
    };
    await using source = await open({ ...quick, timeoutMs: 20_000 });
    await source.read(bytes.length - 1, 1);
    server.intercept = never;
    const controller = new AbortController();
    const reads = [5, 15, 25, 35].map((block) => source.read(block * BLOCK, 10, { signal: controller.signal }));
    await expect.poll(() => waiting).toBe(4);
    controller.abort(new Error('enough'));
    for (const read of reads) await expect(read).rejects.toThrow('enough');
    await expect.poll(() => waiting).toBe(0);
    // What was asked for beforehand, and nobody reads.
    source.prefetch?.([{ offset: 7 * BLOCK, length: 10 }]);
    await expect.poll(() => waiting).toBe(1);
    await source.close();
    await expect.poll(() => waiting).toBe(0);
  });

  it('that bring nothing are given up in time, those of a prefetch too', async () => {
    await using source = await open({ ...quick, timeoutMs: 400, retries: 2 });
    await source.read(bytes.length - 1, 1);
    server.reset();
    server.intercept = () => true;
    source.prefetch?.([{ offset: 7 * BLOCK, length: 10 }]);
    await expect(source.read(9 * BLOCK, 10)).rejects.toMatchObject({ tag: 'remote', reason: 'timeout' });
    server.intercept = undefined;
    expect(await source.read(7 * BLOCK, 10)).toEqual(part(7 * BLOCK, 10));
  });

  it('are not opened for what lies outside the file', async () => {
    await using source = await open();
    await source.read(bytes.length - 1, 1);
    server.reset();
    source.prefetch?.([
      { offset: bytes.length, length: 100 },
      { offset: 1e300, length: 1e300 },
      { offset: 2 ** 60, length: 10 },
    ]);
    await pause(20);
    expect(server.requests.length).toBe(0);
  });
});
