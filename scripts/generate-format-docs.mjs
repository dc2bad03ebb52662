#!/usr/bin/env node
// Writes the tables of formats into README.md and docs/formats/README.md from src/slide/format-facts.ts. Needs the built package
// (npm run build).
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const BEGIN = '<!-- formats: npm run docs:formats -->';
const END = '<!-- end of formats -->';

/** The pages with a table, by path from the project's root: what each of its cells says. */
export const PAGES = {
  'README.md': {
    head: ['slides', 'files', 'proven on', 'equal to'],
    own: ({ title, extensions, proof, reference, page }) => [
      `[${title}](docs/formats/${page})`,
      listNames(extensions),
      proof === 'built files' ? '**built files only**' : proof,
      reference,
    ],
    openslide: ({ title, extensions, reference, page }) => [
      `[${title}](docs/formats/${page})`,
      listNames(extensions),
      'through OpenSlide',
      reference,
    ],
  },
  'docs/formats/README.md': {
    head: ['format', 'what it takes', 'proven on', 'page'],
    own: ({ name, title, takes, proof, page }) => [
      `\`${name}\``,
      `${title}: ${takes}`,
      proof === 'built files' ? '**built files only**' : proof,
      `[${page}](${page})`,
    ],
  },
};

/** The table of a page. @param facts `{FORMAT_FACTS, OPENSLIDE_FACTS}` */
export function renderFormatTable({ head, own, openslide }, { FORMAT_FACTS, OPENSLIDE_FACTS }) {
  const lines = [head, head.map(() => '---'), ...FORMAT_FACTS.map(own)];
  if (openslide) lines.push(...OPENSLIDE_FACTS.map(openslide));
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** The text between the two comments becomes `table`. @throws where the page does not have them */
export function replaceTable(page, table) {
  const [start, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`the page lacks the line ${start < 0 ? BEGIN : END}`);
  return `${page.slice(0, start)}${BEGIN}\n\n${table}\n\n${page.slice(end)}`;
}

function listNames(extensions) {
  return extensions.map((one) => `\`${one}\``).join(' ');
}

async function main() {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const facts = await import(pathToFileURL(join(root, 'dist', 'slide', 'format-facts.js')).href);
  for (const [path, columns] of Object.entries(PAGES)) {
    const file = join(root, path);
    writeFileSync(file, replaceTable(readFileSync(file, 'utf8'), renderFormatTable(columns, facts)));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
