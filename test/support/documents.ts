import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { globSync } from 'tinyglobby';
import { ROOT } from './shared-data.ts';

/** What git tracks, and what is new and not ignored; in a tree without git, what is no output. */
export function listProjectFiles(): string[] {
  if (!existsSync(join(ROOT, '.git')))
    return globSync('**', { cwd: ROOT, dot: true, ignore: ['node_modules/**', 'dist/**', 'coverage/**'] });
  // A clone that belongs to another user, as in a container, is read all the same.
  const args = ['-c', 'safe.directory=*', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const listed = execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).split('\0');
  return listed.filter((file) => file !== '' && existsSync(join(ROOT, file)));
}

export function readProjectFile(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Targets of the links and pictures of a Markdown page, without those in code. */
export function findLinks(markdown: string): string[] {
  const prose = markdown.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
  const inline = [...prose.matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g)];
  const html = [...prose.matchAll(/\b(?:src|href)="([^"]+)"/g)];
  const defined = [...prose.matchAll(/^\[[^\]]+\]:\s*(\S+)/gm)];
  return [...inline, ...html, ...defined].map((match) => match[1] ?? '');
}

/** The anchors that a page's headings make, as GitHub names them. */
export function findAnchors(markdown: string): Set<string> {
  const prose = markdown.replace(/^```[\s\S]*?^```/gm, '');
  const anchors = new Set<string>();
  for (const [, heading = ''] of prose.matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const words = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '');
    const base = words.replace(/\s/g, '-');
    let anchor = base;
    for (let n = 1; anchors.has(anchor); n += 1) anchor = `${base}-${n}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** The npm scripts that a text tells one to run. */
export function findScripts(text: string): string[] {
  const runs = [...text.matchAll(/\bnpm run(?: --?[\w-]+)* ([\w:-]+)/g)].map((match) => match[1] ?? '');
  return /\bnpm (?:test|t)\b/.test(text) ? [...runs, 'test'] : runs;
}
