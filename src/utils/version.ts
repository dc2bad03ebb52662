import { readFileSync } from 'node:fs';

/** slideloom's own version, from its package.json, which lies two folders up from here in the sources and when built. */
export const VERSION = readVersion();

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
