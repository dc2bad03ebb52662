import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import { AbortedError } from '../../src/utils/errors.ts';
import { writeJpegSlide } from '../support/jpeg-slide.ts';
import { runInProcess } from './run-in-process.ts';

let folder: string;
let slide: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-view-'));
  slide = join(folder, 'one.tif');
  await writeJpegSlide(slide, { width: 300, height: 300, tile: 256 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `view` until `use` is done, and then Ctrl-C. */
async function view(argv: readonly string[], use: (stdout: string) => Promise<void>) {
  const written = { stdout: '', stderr: '' };
  const stop = new AbortController();
  const ended = runCli(['view', ...argv, '--workers', '1'], {
    stdout: { write: (text: string) => (written.stdout += text), columns: 100 },
    stderr: { write: (text: string) => (written.stderr += text) },
    signal: stop.signal,
  });
  await Promise.race([ended, expect.poll(() => written.stdout).not.toBe('')]);
  try {
    await use(written.stdout);
  } finally {
    stop.abort(new AbortedError('stopped by SIGINT'));
  }
  return { code: await ended, ...written };
}

describe('view', () => {
  it('prints the address of the page, serves slides and layers, and ends well with Ctrl-C', async () => {
    writeFileSync(join(folder, 'one.csv'), 'x,y,width,height\n0,0,10,10\n');
    const { code, stderr } = await view([slide, '--layers', join(folder, 'one.csv'), '--port', '0'], async (stdout) => {
      expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\n$/);
      const get = (path: string) => fetch(new URL(path, stdout.trim()));
      expect(await (await get('/slides/one/layers.json')).json()).toMatchObject({ layers: [{ name: 'one' }] });
      expect((await get('/slides/one_files/9/0_0.jpg')).headers.get('content-type')).toBe('image/jpeg');
      expect((await get('/cohort.json')).status).toBe(200);
    });
    expect([code, stderr]).toEqual([0, '1 slide; Ctrl-C ends it\n']);
  });

  it('says all as JSON, warns of what is not there, and takes another port where the usual one is taken', async () => {
    const manifest = join(folder, 'manifest.csv');
    writeFileSync(manifest, `slide,path\none,${slide}\ntwo,/gone/two.tif\n`);
    const taken = createServer();
    await new Promise<void>((resolve) => taken.once('error', () => resolve()).listen(4180, '127.0.0.1', resolve));
    try {
      const { code, stderr } = await view([folder, '--json', '--host', 'localhost', '--edit'], async (stdout) => {
        const said = JSON.parse(stdout);
        expect(said).toMatchObject({ slides: ['one', 'two'], missing: ['/gone/two.tif'], outside: [] });
        expect(said.port).not.toBe(4180);
        // Drawing asks for a token on this machine too.
        expect(said.url).toBe(`http://localhost:${said.port}/?token=${said.token}`);
        expect((await fetch(new URL('/cohort.json', said.url))).status).toBe(401);
      });
      expect([code, stderr]).toEqual([
        0,
        expect.stringContaining('not there any more: /gone/two.tif; give the folder'),
      ]);
      const busy = await runInProcess(['view', slide, '--port', '4180', '--host', '127.0.0.1']);
      expect(busy).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/a port that is free for `--port`[\s\S]*hint: /),
      });
    } finally {
      await new Promise<void>((resolve) => void taken.close(() => resolve()));
      rmSync(manifest);
    }
  });

  // A program in place of the browser writes down what it is given.
  it.skipIf(process.platform === 'win32')('opens the page without showing the token to other users', async () => {
    const browser = join(folder, 'browser');
    const seen = join(folder, 'seen');
    writeFileSync(browser, `#!/bin/sh\nprintf %s "$1" > '${seen}.part' && mv '${seen}.part' '${seen}'\n`, {
      mode: 0o755,
    });
    const before = process.env['BROWSER'];
    process.env['BROWSER'] = browser;
    try {
      const given = async () => {
        await expect.poll(() => existsSync(seen)).toBe(true);
        const text = readFileSync(seen, 'utf8');
        rmSync(seen);
        return text;
      };
      await view([slide, '--open', '--port', '0'], async (stdout) => expect(await given()).toBe(stdout.trim()));
      let door = '';
      await view([slide, '--open', '--port', '0', '--token', 'sixteen-characters-and-more'], async (stdout) => {
        door = fileURLToPath(await given());
        expect(statSync(door).mode & 0o077).toBe(0);
        expect(readFileSync(door, 'utf8')).toContain(stdout.trim());
      });
      expect(existsSync(door)).toBe(false);
      process.env['BROWSER'] = join(folder, 'none');
      const { code, stderr } = await view([slide, '--open', '--port', '0'], async () => {});
      expect([code, stderr]).toEqual([0, expect.stringContaining('no browser could be started')]);
    } finally {
      if (before === undefined) delete process.env['BROWSER'];
      else process.env['BROWSER'] = before;
    }
  });

  it.each([
    [['--port', '70000'], /`--port`/],
    [['--token', 'short'], /at least 16 characters for `--token`/],
    [['--host', '192.0.2.1'], /an address of this machine for `--host`/],
    [['--layers', 'none.xml'], /that are there for `--layers`/],
    [['--stain', 'greyest'], /`--stain`/],
    [['--edit'], /`--edit`|run/],
    [['--frist'], /frist/],
  ])('refuses %j', async (more, message) => {
    const { code, stdout, stderr } = await runInProcess(['view', slide, '--workers', '1', ...more]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('tells of inputs that hold no slides', async () => {
    const { code, stderr } = await runInProcess(['view', join(folder, 'nothing')]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/slides that are there .*nothing/)]);
    expect((await runInProcess(['view', '--help'])).stdout).toContain('slideloom view out --edit');
  });
});
