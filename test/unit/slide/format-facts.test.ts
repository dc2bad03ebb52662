import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { FORMAT_FACTS, type FormatFacts, OPENSLIDE_FACTS } from '../../../src/slide/format-facts.ts';
import { SLIDE_FORMATS } from '../../../src/slide/formats.ts';
import { ROOT } from '../../support/shared-data.ts';

interface Columns {
  readonly head: readonly string[];
}
interface Generator {
  PAGES: Record<string, Columns>;
  renderFormatTable(
    columns: Columns,
    facts: { FORMAT_FACTS: readonly FormatFacts[]; OPENSLIDE_FACTS: readonly FormatFacts[] },
  ): string;
  replaceTable(page: string, table: string): string;
}

const ALL = [...FORMAT_FACTS, ...OPENSLIDE_FACTS];
let generator: Generator;

beforeAll(async () => {
  generator = (await import(pathToFileURL(join(ROOT, 'scripts/generate-format-docs.mjs')).href)) as Generator;
});

describe('facts of formats', () => {
  it('are those of the formats, in the order in which they are asked', () => {
    expect(FORMAT_FACTS.map(({ name }) => name)).toEqual(SLIDE_FORMATS.map(({ name }) => name));
  });

  it('load no format', () => {
    expect(readFileSync(join(ROOT, 'src/slide/format-facts.ts'), 'utf8')).not.toMatch(/\bimport\b/);
  });

  it('name a page that there is, and no page is left without one', () => {
    const pages = new Set(ALL.map(({ page }) => page));
    for (const page of pages) expect(existsSync(join(ROOT, 'docs/formats', page)), page).toBe(true);
    const there = readdirSync(join(ROOT, 'docs/formats')).filter((file) => file !== 'README.md');
    expect([...pages].sort()).toEqual(there.sort());
  });

  it('say what the pages say: unproven on real files, or not', () => {
    for (const { page, proof, name } of FORMAT_FACTS) {
      const text = readFileSync(join(ROOT, 'docs/formats', page), 'utf8');
      expect(text.includes('**Unproven on real files'), name).toBe(proof === 'built files');
    }
  });

  it('every page has what is read, what is not, and how that was proven, in this order', () => {
    for (const { page } of ALL) {
      const text = readFileSync(join(ROOT, 'docs/formats', page), 'utf8');
      const parts = ['## Read', '## Not read', '## Proof'].map((head) => text.indexOf(`\n${head}\n`));
      expect(parts, page).not.toContain(-1);
      expect(parts, page).toEqual(parts.toSorted((a, b) => a - b));
      // A proof names a test.
      expect(text.slice(parts[2]), page).toMatch(/`test\/[a-z-]+\/[\w-]+(\.test\.ts)?`/);
    }
  });
});

// After a change: npm run docs:formats, or this test with -u.
describe('tables of formats', () => {
  it.each(['README.md', 'docs/formats/README.md'])('in %s are those of the facts', async (path) => {
    const page = readFileSync(join(ROOT, path), 'utf8');
    const columns = generator.PAGES[path];
    if (!columns) throw new Error(`no table in ${path}`);
    const table = generator.renderFormatTable(columns, { FORMAT_FACTS, OPENSLIDE_FACTS });
    for (const { title } of FORMAT_FACTS) expect(table).toContain(title);
    await expect(generator.replaceTable(page, table)).toMatchFileSnapshot(join(ROOT, path));
  });

  it('need their place in the page', () => {
    expect(() => generator.replaceTable('no table', 'x')).toThrow(/lacks the line <!-- formats/);
  });
});
