import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { pathToFileURL } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findAnchors, findLinks, findScripts, listProjectFiles, readProjectFile } from './support/documents.ts';
import { ROOT, skipLoudly } from './support/shared-data.ts';
import { scanSource } from './support/source-imports.ts';

const manifest = z
  .object({
    bin: z.record(z.string(), z.string()),
    exports: z.record(z.string(), z.union([z.string(), z.object({ types: z.string(), default: z.string() })])),
    files: z.array(z.string()),
    scripts: z.record(z.string(), z.string()),
    dependencies: z.record(z.string(), z.string()),
    devDependencies: z.record(z.string(), z.string()),
    optionalDependencies: z.record(z.string(), z.string()),
  })
  .parse(JSON.parse(readProjectFile('package.json')));
const runtime = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }).sort();
const needs = z.record(z.string(), z.string()).optional();
const lockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({ dependencies: needs, devDependencies: needs, optionalDependencies: needs }),
  ),
});
/** Runs in browsers. */
const PAGE = 'src/viewer/page/';
const files = listProjectFiles();
const pages = files.filter((file) => file.endsWith('.md'));
const targets = [
  ...Object.values(manifest.bin),
  ...Object.values(manifest.exports).flatMap((entry) => (typeof entry === 'string' ? [entry] : Object.values(entry))),
];

describe('public names', () => {
  const entries = Object.entries(manifest.exports).flatMap(([name, entry]) =>
    typeof entry === 'string' ? [] : [{ name, source: toSource(entry.default) }],
  );

  // After a change of the public names on purpose: npx vitest run test/package.test.ts -u, and a line in CHANGELOG.md.
  it('are those of test/public-names.txt', async () => {
    const sections = await Promise.all(
      entries.map(async (entry) => [entry.name, ...(await listNames(entry.source)), '']),
    );
    await expect(sections.flat().join('\n')).toMatchFileSnapshot('public-names.txt');
  });

  it.each(entries)('$name says every name itself, and has no default', ({ source }) => {
    const text = readProjectFile(source);
    expect(text).not.toMatch(/export\s+\*\s+from/);
    expect(text).not.toMatch(/export\s+default/);
  });
});

const built = existsSync(join(ROOT, 'dist'));
if (!built) skipLoudly('the built package', 'dist/, which npm run build makes');
describe.runIf(built)('the built package', () => {
  it('hands on the licences of what is bundled into the page', () => {
    const licences = readFileSync(join(ROOT, 'dist/viewer/page/licences.txt'), 'utf8');
    for (const name of listImported((file) => file.startsWith(PAGE))) expect(licences).toContain(`\n${name} `);
    expect(licences).toContain('Redistributions in binary form must reproduce the above copyright'); // OpenSeadragon's BSD
  });

  it.each(targets)('has %s, and publishes it', (target) => {
    expect(existsSync(join(ROOT, target))).toBe(true);
    const path = posix.normalize(target);
    expect(path === 'package.json' || manifest.files.some((file) => path.startsWith(`${file}/`))).toBe(true);
  });

  it('gives the same names as its source', async () => {
    for (const entry of Object.values(manifest.exports)) {
      if (typeof entry === 'string') continue;
      const [compiled, source] = await Promise.all([load(entry.default), load(toSource(entry.default))]);
      expect(Object.keys(compiled).sort(), entry.default).toEqual(Object.keys(source).sort());
    }
  });

  it('has types that a project can check, what is internal left out of them', { timeout: 60_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'slideloom-types-'));
    try {
      mkdirSync(join(folder, 'node_modules', '@types'), { recursive: true });
      symlinkSync(ROOT, join(folder, 'node_modules', 'slideloom'), 'dir');
      symlinkSync(join(ROOT, 'node_modules/@types/node'), join(folder, 'node_modules/@types/node'), 'dir');
      const names = Object.entries(manifest.exports).flatMap(([path, entry]) =>
        typeof entry === 'string' ? [] : [posix.join('slideloom', path)],
      );
      writeFileSync(join(folder, 'use.mts'), names.map((name, i) => `export * as n${i} from '${name}';\n`).join(''));
      const lib = ['ES2023', 'ESNext.Disposable', 'DOM'];
      const how = { module: 'NodeNext', target: 'ES2022', lib, types: ['node'], strict: true, noEmit: true };
      const compilerOptions = { ...how, skipLibCheck: false, exactOptionalPropertyTypes: true };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.mts'] }));
      const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
      const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
      expect(stdout).toBe('');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('has no complaint from publint', async () => {
    const { messages, pkg } = await publint({ pkgDir: ROOT, pack: false, strict: true });
    expect(messages.filter((one) => one.type !== 'suggestion').map((one) => formatMessage(one, pkg))).toEqual([]);
  });
});

describe('dependencies', () => {
  const documented = listDocumented(readProjectFile('docs/dependencies.md'));

  it('at run time each have a reason in docs/dependencies.md', () => {
    expect(documented.runtime).toEqual(runtime);
  });

  it('for development each have a reason there too', () => {
    expect(documented.development).toEqual(Object.keys(manifest.devDependencies).sort());
  });

  it('at run time are those that src/ imports', () => {
    expect(listImported((file) => file.startsWith('src/') && !file.startsWith(PAGE))).toEqual(runtime);
  });

  it('of the page are bundled into it: none is installed, and each is said to be', () => {
    expect(listImported((file) => file.startsWith(PAGE))).toEqual(documented.bundled);
    expect(Object.keys(manifest.devDependencies)).toEqual(expect.arrayContaining(documented.bundled));
  });

  it('come from wherever the user says: the lock file names no host', () => {
    expect(readProjectFile('package-lock.json')).not.toMatch(/"resolved"/);
  });

  // npm ci refuses a lock file that leaves out a package for another platform, even where that would not be installed.
  it('are locked in full: what npm ci asks for is there', () => {
    const { packages } = lockFile.parse(JSON.parse(readProjectFile('package-lock.json')));
    expect(packages['']).toMatchObject({
      dependencies: manifest.dependencies,
      devDependencies: manifest.devDependencies,
      optionalDependencies: manifest.optionalDependencies,
    });
    expect(findUnlocked(packages)).toEqual([]);
  });
});

describe('documents', () => {
  it('README.md, CONTRIBUTING.md and CHANGELOG.md exist', () => {
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md']));
  });

  it.each(pages)('%s names only npm scripts that exist', (page) => {
    expect(findScripts(readProjectFile(page)).filter((name) => manifest.scripts[name] === undefined)).toEqual([]);
  });

  it.each(pages)('%s has no dead link', (page) => {
    expect(findLinks(readProjectFile(page)).filter((link) => !isAlive(page, link))).toEqual([]);
  });

  it('.ci/run runs a command that README.md gives', () => {
    const command = /^test_command='(.+)'$/m.exec(readProjectFile('.ci/run'))?.[1];
    expect(readProjectFile('README.md').split('\n')).toContain(command);
  });
});

describe('portability', () => {
  const texts = files.filter((file) => !/\.(png|jpe?g|svs|tiff?|wasm|webp|gz)$/.test(file));

  it('no file names a folder of one machine or the host of a registry', () => {
    const found = texts.flatMap((file) => findForeign(readProjectFile(file)).map((what) => `${file}: ${what}`));
    expect(found).toEqual([]);
  });
});

describe('these checks see what they are for', () => {
  const slash = '/';

  it('foreign places', () => {
    const planted = [
      `cd ${slash}root/x`,
      `${slash}home/me/slides`,
      `"${slash}work/x"`,
      `https:${slash}/registry.x.org/a`,
    ];
    for (const text of planted) expect(findForeign(text), text).toHaveLength(1);
    const sound = ['https://example.org', 'home/x, a', 'work/b, .', 'work/x and ', 'usr/bin/python3'].join(slash);
    expect(findForeign(`see ${sound}`)).toEqual([]);
  });

  it('dead links', () => {
    const links = findLinks('[a](gone.md) ![b](docs/gone.png) `[c](code.md)` <img src="gone.svg">\n\n[d]: gone2.md\n');
    expect(links).toEqual(['gone.md', 'docs/gone.png', 'gone.svg', 'gone2.md']);
    expect(links.filter((link) => isAlive('README.md', link))).toEqual([]);
    expect(isAlive('docs/architecture.md', '../package.json')).toBe(true);
    expect(isAlive('docs/architecture.md', '#no-such-heading')).toBe(false);
  });

  it('npm scripts', () => {
    expect(findScripts('npm run build --silent && npm run --silent gone -- x; npm test')).toEqual([
      'build',
      'gone',
      'test',
    ]);
  });

  it('packages that the lock file lacks', () => {
    const packages = {
      '': { dependencies: { a: '1' } },
      'node_modules/a': { dependencies: { b: '1' }, optionalDependencies: { '@x/gone': '1' } },
      'node_modules/a/node_modules/b': { dependencies: { a: '1', lost: '2' } },
    };
    expect(findUnlocked(packages)).toEqual([
      'node_modules/a needs @x/gone',
      'node_modules/a/node_modules/b needs lost',
    ]);
  });

  it('undocumented dependencies', () => {
    const page =
      "## At run time\n\n- `b` is x\n- `a` is `y`\n\n## In the viewer's page\n\n- `@x/d` is w\n\n## For development\n\n- `@x/c` is z\n";
    expect(listDocumented(page)).toEqual({
      runtime: ['a', 'b'],
      bundled: ['@x/d'],
      development: ['@x/c', '@x/d'],
    });
  });
});

/** `./dist/slide/index.js` is compiled from `src/slide/index.ts`. */
function toSource(target: string): string {
  return target.replace('./dist/', 'src/').replace(/\.js$/, '.ts');
}

function load(path: string): Promise<Record<string, unknown>> {
  return import(pathToFileURL(join(ROOT, path)).href);
}

/** `value openSlide` for what exists at run time, `type Slide` for the rest of the export clauses. */
async function listNames(source: string): Promise<string[]> {
  const values = Object.keys(await load(source));
  const clauses = [...readProjectFile(source).matchAll(/export\s+(?:type\s+)?\{([^}]*)\}/g)];
  const named = clauses.flatMap(([, clause = '']) =>
    clause.split(',').map((part) => part.trim().replace(/^type\s+/, '')),
  );
  const names = named.map((part) => part.split(/\s+as\s+/).at(-1) ?? '').filter((name) => name !== '');
  const types = names.filter((name) => !values.includes(name));
  return [...values.map((name) => `  value ${name}`), ...types.map((name) => `  type ${name}`)].sort();
}

/** What the lists of docs/dependencies.md begin with, by section. */
function listDocumented(page: string): { runtime: string[]; bundled: string[]; development: string[] } {
  const [, ...sections] = page.split(/^## /m);
  const list = (title: string) => {
    const section = sections.find((text) => text.startsWith(title)) ?? '';
    return [...section.matchAll(/^- `([^`]+)`/gm)].map((match) => match[1] ?? '').sort();
  };
  const bundled = list("In the viewer's page");
  return { runtime: list('At run time'), bundled, development: [...bundled, ...list('For development')].sort() };
}

/** Packages that these sources import. */
function listImported(holds: (file: string) => boolean): string[] {
  const sources = files.filter((file) => holds(file) && /\.tsx?$/.test(file));
  const specifiers = sources.flatMap((file) => scanSource(readProjectFile(file)).imports.map((one) => one.specifier));
  return [...new Set(specifiers.filter((name) => !/^(\.|node:)/.test(name)).map(getPackage))].sort();
}

/** `@scope/name/sub` and `name/sub` without what is inside the package. */
function getPackage(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** Dependencies that no `node_modules` on the way up has. Those of the root count too. */
function findUnlocked(packages: z.infer<typeof lockFile>['packages']): string[] {
  return Object.entries(packages).flatMap(([path, { dependencies, devDependencies, optionalDependencies }]) => {
    const names = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies });
    const parts = path === '' ? [] : path.split('/node_modules/');
    const folders = [...parts.map((_, depth) => `${parts.slice(0, depth + 1).join('/node_modules/')}/`), ''];
    const found = (name: string) => folders.some((folder) => packages[`${folder}node_modules/${name}`] !== undefined);
    return names.filter((name) => !found(name)).map((name) => `${path} needs ${name}`);
  });
}

function isAlive(page: string, link: string): boolean {
  if (/^[a-z]+:/.test(link)) return true;
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : posix.normalize(posix.join(dirname(page), decodeURIComponent(path)));
  if (!existsSync(join(ROOT, target))) return false;
  return anchor === undefined || !target.endsWith('.md') || findAnchors(readProjectFile(target)).has(anchor);
}

function findForeign(text: string): string[] {
  const places = [
    /(?<![\w.~$}-])\/(?:work|root|home|Users)\/[\w.][^\s"'`]*/g,
    /https?:\/\/[^\s"'`/]*\b(?:registry|artifactory|nexus|verdaccio|codeartifact)\b[^\s"'`]*/g,
    /https?:\/\/(?!127\.0\.0\.1|0\.0\.0\.0)\d{1,3}(?:\.\d{1,3}){3}[^\s"'`]*/g,
  ];
  return places.flatMap((place) => [...text.matchAll(place)].map((match) => match[0]));
}
