import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it came in, in the order of arrival. */
export interface ServedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  /** Bytes asked for, both included; undefined without a Range header. */
  readonly range: { readonly first: number; readonly last: number } | undefined;
}

/** Answers in place of the server where it returns true; `count` is that of the request, from 1. */
export type Intercept = (request: ServedRequest, response: ServerResponse, count: number) => boolean | Promise<boolean>;

/**
 * Gives the first `times` requests for each range to `refuse`, whose `turn` counts from 1; then the server answers. Counted by
 * the end of the range: requests side by side never take each other's turn, and the rest of an answer that broke off counts
 * with it. So fewer times than there are tries always get through, on a machine of any speed.
 */
export function refuseEach(
  times: number,
  refuse: (request: ServedRequest, response: ServerResponse, turn: number) => void,
): Intercept {
  const turns = new Map<string, number>();
  return (request, response) => {
    const key = `${request.method} ${request.url} ${request.range?.last}`;
    const turn = (turns.get(key) ?? 0) + 1;
    if (turn > times) return false;
    turns.set(key, turn);
    refuse(request, response, turn);
    return true;
  };
}

export interface RangeServer {
  readonly origin: string;
  /** Files by name; they may be replaced while the server runs. */
  readonly files: Map<string, Uint8Array>;
  readonly requests: ServedRequest[];
  intercept: Intercept | undefined;
  /** Left out of all answers where false. */
  hasEtag: boolean;
  getUrl(name: string): string;
  /** Forgets the requests so far and any intercept. */
  reset(): void;
  /** How many bytes were asked for. */
  countBytes(): number;
  close(): Promise<void>;
}

/** A server of files by HTTP ranges on this machine, for tests. */
export async function startRangeServer(files: Readonly<Record<string, Uint8Array>>): Promise<RangeServer> {
  const server: RangeServer = {
    origin: '',
    files: new Map(Object.entries(files)),
    requests: [],
    intercept: undefined,
    hasEtag: true,
    getUrl: (name) => `${server.origin}/${name}`,
    reset() {
      server.requests.length = 0;
      server.intercept = undefined;
      server.hasEtag = true;
    },
    countBytes: () => server.requests.reduce((sum, { range }) => sum + (range ? range.last - range.first + 1 : 0), 0),
    async close() {
      listener.closeAllConnections();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
  const listener = createServer(async (incoming, response) => {
    const { method = '', url = '', headers } = incoming;
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
    const range = first === undefined ? undefined : { first: Number(first), last: Number(last) };
    const request = { method, url, headers, range };
    server.requests.push(request);
    // A client that has gone is no error of the server's.
    response.on('error', () => {});
    if (await server.intercept?.(request, response, server.requests.length)) return;
    serveFile(server, request, response);
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return Object.assign(server, { origin: `http://127.0.0.1:${(listener.address() as AddressInfo).port}` });
}

export function computeEtag(bytes: Uint8Array): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`;
}

/** As a plain server does: 206 for a range, 412 where the file is another one than asked for, 416 beyond its end. */
export function serveFile(
  server: RangeServer,
  { method, url, headers, range }: ServedRequest,
  response: ServerResponse,
): void {
  const name = decodeURIComponent(new URL(url, 'http://x').pathname.slice(1));
  const bytes = server.files.get(name);
  if (!bytes) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('no such file');
    return;
  }
  const etag = computeEtag(bytes);
  const facts = { 'accept-ranges': 'bytes', ...(server.hasEtag && { etag }) };
  if (headers['if-match'] !== undefined && headers['if-match'] !== etag) {
    response.writeHead(412).end();
    return;
  }
  if (method === 'HEAD' || !range) {
    response.writeHead(200, { ...facts, 'content-length': bytes.length }).end(method === 'HEAD' ? undefined : bytes);
    return;
  }
  if (range.first >= bytes.length) {
    response.writeHead(416, { ...facts, 'content-range': `bytes */${bytes.length}` }).end();
    return;
  }
  const last = Math.min(range.last, bytes.length - 1);
  const body = bytes.subarray(range.first, last + 1);
  response.writeHead(206, {
    ...facts,
    'content-length': body.length,
    'content-range': `bytes ${range.first}-${last}/${bytes.length}`,
  });
  response.end(body);
}
