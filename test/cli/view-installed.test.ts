import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readProjectFile } from '../support/documents.ts';
import { writeJpegSlide } from '../support/jpeg-slide.ts';
import { ROOT, skipLoudly } from '../support/shared-data.ts';

const BUILT = existsSync(join(ROOT, 'dist/viewer/page/index.html'));
if (!BUILT) skipLoudly('view from an installed package', 'dist/, which npm run build makes');

// Windows knows no SIGINT to send, and has tar and npm elsewhere.
describe.runIf(BUILT && process.platform !== 'win32')('view from an installed package', () => {
  let folder: string;
  let installed: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'slideloom-installed-'));
    installed = join(folder, 'node_modules', 'slideloom');
    installPacked(folder, installed);
    mkdirSync(join(folder, 'run', 'one', 'tissue'), { recursive: true });
    await writeJpegSlide(join(folder, 'one.tif'), { width: 600, height: 500, tile: 256 });
    writeFileSync(join(folder, 'run', 'manifest.csv'), `slide,path,status\none,${join(folder, 'one.tif')},done\n`);
    const ring = [
      [0, 0],
      [300, 0],
      [300, 300],
      [0, 0],
    ];
    writeFileSync(
      join(folder, 'run', 'one', 'tissue', 'tissue.geojson'),
      JSON.stringify({ type: 'Polygon', coordinates: [ring] }),
    );
    // Whoever asks for anything elsewhere ends the process.
    writeFileSync(
      join(folder, 'offline.cjs'),
      "require('node:net').Socket.prototype.connect = () => process.exit(99);\n",
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('serves the page with all its files, tiles and layers, and asks nobody for anything', async () => {
    const main = join(installed, 'dist/cli/main.js');
    const child = spawn(
      process.execPath,
      ['--require', join(folder, 'offline.cjs'), main, 'view', 'run', '--port', '0', '--workers', '1'],
      { cwd: folder },
    );
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    try {
      const url = await readUrl(child);
      const get = async (path: string) => {
        const answer = await fetch(new URL(path, url));
        expect([path, answer.status]).toEqual([path, 200]);
        return answer;
      };
      const page = await (await get('/')).text();
      const named = [...page.matchAll(/(?:src|href)="(?!data:)([^"]+)"/g)].map(([, path = '']) => path);
      expect(named.length).toBeGreaterThanOrEqual(2);
      for (const path of named) await get(path);
      expect((await get('/slides/one_files/10/0_0.jpg')).headers.get('content-type')).toBe('image/jpeg');
      // Made in a thread, of which the package has the file.
      expect((await get('/slides/one_files/9/0_0.jpg')).headers.get('content-type')).toBe('image/jpeg');
      expect(await (await get('/slides/one/layers.json')).json()).toMatchObject({
        layers: [{ name: 'tissue' }],
        problems: [],
      });
    } finally {
      child.kill('SIGINT');
    }
    expect(await ended).toBe(0);
  });
});

/** What `npm install` of the packed package does where all it depends on is there already: nothing else is linked. */
function installPacked(folder: string, installed: string): void {
  const packed = spawnSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect(packed.status, packed.stderr).toBe(0);
  mkdirSync(installed, { recursive: true });
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
  const { status } = spawnSync('tar', ['-xzf', join(folder, tarball), '-C', installed, '--strip-components=1']);
  expect(status).toBe(0);
  const { dependencies, optionalDependencies } = JSON.parse(readProjectFile('package.json')) as Record<string, object>;
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
    const link = join(installed, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), link, 'dir');
  }
}

function readUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdout?.setEncoding('utf8').once('data', (text: string) => resolve(text.trim()));
    child.once('close', (code) => reject(new Error(`it ended with ${code}: ${stderr}`)));
  });
}
