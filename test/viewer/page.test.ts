import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listPageFiles } from '../../src/viewer/page-files.ts';
import { serveViewer, type ViewerServer } from '../../src/viewer/serve-viewer.ts';
import { ROOT, sharedPath, skipLoudly } from '../support/shared-data.ts';

const built = existsSync(join(ROOT, 'dist/viewer/page/index.html'));
if (!built) skipLoudly('the files of the page', 'dist/, which npm run build makes');

describe.runIf(built)('the files of the page', () => {
  let server: ViewerServer;
  beforeAll(async () => {
    server = await serveViewer({ slides: [sharedPath('data/wsi/CMU-1-Small-Region.svs')], workers: 0 });
  });
  afterAll(() => server.close());
  const get = (path: string, headers: Record<string, string> = {}) => fetch(new URL(path, server.url), { headers });

  it('are served as listed, with a policy that lets nothing else in', async () => {
    const files = await listPageFiles();
    expect(files.filter((name) => /^assets\/main-[0-9a-f]{10}\.js$/.test(name))).toHaveLength(1);
    for (const file of files) {
      const answer = await get(file);
      expect([file, answer.status]).toEqual([file, 200]);
      const policy = answer.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';");
      expect(policy).not.toMatch(/unsafe|\*|http/);
      expect(answer.headers.get('cache-control')).toMatch(file.startsWith('assets/') ? /immutable/ : /no-cache/);
      expect(answer.headers.get('content-type')).toMatch(/^(text\/(html|javascript|css|plain)|image\/svg)/);
    }
  });

  it('name each other relatively, have no inline code, and the same policy where no server sends one', async () => {
    const html = await (await get('/')).text();
    const links = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, link = '']) => link);
    expect(links.filter((link) => !/^(assets\/[\w-]+\.(js|css)$|data:image\/)/.test(link))).toEqual([]);
    expect(html).not.toMatch(/<script(?![^>]*src=)|<style|\son\w+=|\sstyle=/);
    const sent = (await get('/')).headers.get('content-security-policy') ?? '';
    const own = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
    // Browsers take `frame-ancestors` from servers alone.
    expect(`${own}; frame-ancestors 'none'`).toBe(sent);
  });

  it('are asked for anew by their tag, and nothing beside them is there', async () => {
    const first = await get('/');
    const again = await get('/', { 'if-none-match': first.headers.get('etag') ?? '' });
    expect([again.status, await again.text()]).toEqual([304, '']);
    for (const path of [
      '/assets/',
      '/assets/index.html',
      '/assets/..%2findex.html',
      '/assets/main.js',
      '/page.css',
      '/package.json',
    ])
      expect([path, Math.floor((await get(path)).status / 100)]).toEqual([path, 4]);
    expect(await (await get('/viewer.json')).json()).toMatchObject({
      title: 'slideloom',
      editable: false,
      exported: false,
    });
  });
});
