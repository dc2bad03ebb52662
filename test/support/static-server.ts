import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize, sep } from 'node:path';

export interface StaticServer extends AsyncDisposable {
  /** Of the folder, with the path under which it is served. */
  readonly url: string;
  /** Addresses that had no file. */
  readonly missed: readonly string[];
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.jpg': 'image/jpeg',
  '.png': 'image/png',
};

/** A web server of files and nothing more, as any is: it knows no query, and answers what is not there with 404. */
export async function startStaticServer(folder: string, path = '/'): Promise<StaticServer> {
  const missed: string[] = [];
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const below = pathname.startsWith(path) ? decodeURIComponent(pathname.slice(path.length)) : '../';
    const file = join(folder, normalize(below === '' ? 'index.html' : below));
    const found = file.startsWith(folder + sep) && (await stat(file).catch(() => undefined))?.isFile();
    if (!found) {
      missed.push(pathname);
      response.writeHead(404).end('not found');
      return;
    }
    response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}${path}`, missed, close, [Symbol.asyncDispose]: close };
}
