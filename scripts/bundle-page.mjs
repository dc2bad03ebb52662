// Builds the viewer's page (src/viewer/page) into files that any web server can hand out: index.html, and beside it in assets/ the
// page's code, its workers and its styles, each with a hash of its content in its name, so that browsers may keep them for good.
// The packages in it are not needed at run time; their licences go with the files.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import { rolldown } from 'rolldown';

const PAGE = join('src', 'viewer', 'page');
/** Put first: what the others build on. */
const BASE_STYLE = join('styles', 'base.css');

/** @param folder of the build: the page goes into its viewer/page */
export async function bundlePage(root, folder) {
  const source = join(root, PAGE);
  const out = join(folder, 'viewer', 'page');
  rmSync(out, { recursive: true, force: true });
  const packages = new Set();
  mkdirSync(join(out, 'assets'), { recursive: true });
  const workers = new Map();
  for (const file of list(source, '-worker.ts')) {
    const built = await joinModules(join(source, file), { packages, workers: new Map() });
    workers.set(basename(file), writeAsset(out, basename(file, '.ts'), '.js', built));
  }
  const main = writeAsset(out, 'main', '.js', await joinModules(join(source, 'main.tsx'), { packages, workers }));
  const styles = list(source, '.css').sort((one, other) => (other === BASE_STYLE) - (one === BASE_STYLE));
  const css = styles.map((file) => readFileSync(join(source, file), 'utf8')).join('\n');
  const names = { 'main.js': `assets/${main}`, 'page.css': `assets/${writeAsset(out, 'page', '.css', css)}` };
  const html = readFileSync(join(source, 'index.html'), 'utf8').replace(/\{\{(.+?)\}\}/g, (_, name) => names[name]);
  writeFileSync(join(out, 'index.html'), html);
  writeFileSync(join(out, 'licences.txt'), joinLicences([...packages].sort()));
}

/** @returns the code of an entry, minified, with everything it imports */
async function joinModules(entry, { packages, workers }) {
  const bundler = await rolldown({
    input: entry,
    platform: 'browser',
    plugins: [{ name: 'workers', transform: (code) => nameWorkers(code, workers) }],
  });
  const { output } = await bundler.generate({ format: 'esm', minify: true, codeSplitting: false });
  await bundler.close();
  for (const { moduleIds = [] } of output) for (const id of moduleIds) addPackage(id, packages);
  return output[0].code;
}

/** `new URL('./x-worker.ts', import.meta.url)` means the built file beside the page's code. */
function nameWorkers(code, workers) {
  if (!code.includes('-worker.ts')) return undefined;
  return code.replace(/(['"])[./\w-]*?([\w-]+-worker\.ts)\1(?=\s*,\s*import\.meta\.url)/g, (_, quote, file) => {
    const built = workers.get(file);
    if (built === undefined) throw new Error(`no worker ${file} in ${PAGE}`);
    return `${quote}./${built}${quote}`;
  });
}

function writeAsset(out, name, extension, text) {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 10);
  const file = `${name}-${hash}${extension}`;
  writeFileSync(join(out, 'assets', file), text);
  return file;
}

function list(folder, ending) {
  const files = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith(ending));
  return files.sort();
}

/** @param id path of a module */
function addPackage(id, packages) {
  const mark = `${sep}node_modules${sep}`;
  const at = id.lastIndexOf(mark);
  if (at < 0) return;
  const [scope, name] = id.slice(at + mark.length).split(sep);
  packages.add(join(id.slice(0, at + mark.length), scope.startsWith('@') ? join(scope, name) : scope));
}

/** @throws where a package has no licence to show */
function joinLicences(folders) {
  const parts = folders.map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((one) => /^licen[cs]e(\.\w+)?$/i.test(one));
    if (file === undefined) throw new Error(`${name} has no licence to hand on`);
    return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  });
  return `The page holds code of these packages.\n\n${parts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}
