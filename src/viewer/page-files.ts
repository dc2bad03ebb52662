import { readdir, readFile } from 'node:fs/promises';
import { locateBuilt } from '../utils/package-files.ts';

/** A file of the page. */
export interface PageFile {
  readonly text: string;
  readonly type: string;
}

const FOLDER = 'viewer/page/';
const ASSETS = 'assets/';
const TYPES: readonly (readonly [string, string])[] = [
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
  ['.txt', 'text/plain; charset=utf-8'],
];

/** Addresses of the page's files, relative to its own: `index.html`, `assets/...`, `licences.txt`. @throws where it has not been built */
export async function listPageFiles(): Promise<string[]> {
  const assets = await readdir(locateBuilt(`${FOLDER}${ASSETS}`));
  return ['index.html', 'licences.txt', ...assets.sort().map((name) => `${ASSETS}${name}`)];
}

/** One of `listPageFiles`. @throws where it has not been built */
export async function readPageFile(address: string): Promise<PageFile> {
  const type = TYPES.find(([ending]) => address.endsWith(ending))?.[1] ?? 'application/octet-stream';
  return { text: await readFile(locateBuilt(`${FOLDER}${address}`), 'utf8'), type };
}
