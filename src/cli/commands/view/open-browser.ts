import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { html } from '../../../utils/html.ts';
import type { Logger } from '../../../utils/log.ts';

/** What shows an address, on each system. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/**
 * Shows the page in the user's browser, `BROWSER` where that names one. An address with a token is not for the list of processes, which
 * all users of a machine can read: then a file that only this user can read leads there, until it is disposed.
 */
export async function openBrowser(
  { url, token }: { readonly url: string; readonly token: string | undefined },
  log: Logger,
): Promise<AsyncDisposable> {
  const folder = token === undefined ? undefined : await mkdtemp(join(tmpdir(), 'slideloom-view-'));
  const [program, ...words] = findOpener();
  const child = spawn(program, [...words, folder === undefined ? url : await writeDoor(folder, url)], {
    stdio: 'ignore',
    detached: true,
  });
  child.on('error', (error) => log.warn(`no browser could be started (${error.message}): open ${url} yourself`));
  child.unref();
  return {
    async [Symbol.asyncDispose]() {
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

function findOpener(): readonly [string, ...string[]] {
  const { BROWSER } = process.env;
  return BROWSER ? [BROWSER] : (OPENERS[process.platform] ?? ['xdg-open']);
}

/** @returns the address of a page that goes on to `url` */
async function writeDoor(folder: string, url: string): Promise<string> {
  const path = join(folder, 'open.html');
  const page = html`<!doctype html><meta http-equiv="refresh" content="0; url=${url}"><title>slideloom</title>`;
  await writeFile(path, `${page}\n`, { mode: 0o600 });
  return pathToFileURL(path).href;
}
