import type { Hono } from 'hono';
import { sha256 } from '../../utils/hash.ts';
import { VERSION } from '../../utils/version.ts';
import type { PageFacts } from '../contract.ts';
import { listPageFiles, type PageFile, readPageFile } from '../page-files.ts';
import { RequestError } from '../problem.ts';
import type { ViewerContext, ViewerEnv } from './request.ts';

/** Scripts, styles, pictures and answers of this server alone; `blob:` and `data:` are what the page itself draws. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const ASKED_ANEW = 'private, no-cache';
/** Names of assets have a hash of their content. */
const FOREVER = 'private, max-age=31536000, immutable';

/** The page: `/`, `/index.html`, `/assets/NAME`, `/licences.txt`, `/viewer.json`. */
export function addPageRoutes(app: Hono<ViewerEnv>, facts: Pick<PageFacts, 'title' | 'editable'>): void {
  const files = createFileShelf();
  const answer = async (c: ViewerContext, address: string, cache: string) => {
    c.header('Content-Security-Policy', POLICY);
    return answerFile(c, await files.find(address), cache);
  };
  app.get('/', (c) => answer(c, 'index.html', ASKED_ANEW));
  app.get('/index.html', (c) => answer(c, 'index.html', ASKED_ANEW));
  app.get('/licences.txt', (c) => answer(c, 'licences.txt', ASKED_ANEW));
  app.get('/assets/:name', (c) => answer(c, `assets/${c.req.param('name')}`, FOREVER));
  app.get('/viewer.json', (c) => {
    const page: PageFacts = { ...facts, version: VERSION, exported: false };
    return answerFile(c, { text: JSON.stringify(page), type: 'application/json; charset=utf-8' }, ASKED_ANEW);
  });
}

/** Files are few and small, and are read once. Only what is listed is read: no address leads anywhere else. */
function createFileShelf() {
  const kept = new Map<string, Promise<PageFile>>();
  let listing: Promise<readonly string[]> | undefined;
  return {
    /** @throws RequestError 404 */
    find: async (address: string): Promise<PageFile> => {
      listing ??= listPageFiles();
      if (!(await listing).includes(address)) throw new RequestError(404, 'there is nothing at this address');
      const file = kept.get(address) ?? readPageFile(address);
      kept.set(address, file);
      return file;
    },
  };
}

function answerFile(c: ViewerContext, { text, type }: PageFile, cache: string): Response {
  const etag = `"${sha256(text).slice(0, 32)}"`;
  const head = { ETag: etag, 'Cache-Control': cache, 'Content-Type': type };
  if (c.req.header('if-none-match')?.includes(etag)) return c.body(null, 304, head);
  return c.body(text, 200, head);
}
