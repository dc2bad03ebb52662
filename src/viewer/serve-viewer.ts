import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { hostname, networkInterfaces } from 'node:os';
import { createAdaptorServer } from '@hono/node-server';
import { OptionError } from '../utils/errors.ts';
import { trackOpen } from '../utils/open-handles.ts';
import { checkBoolean, checkInteger, withDefaults } from '../utils/options.ts';
import { createViewerApp } from './create-app.ts';
import { checkEditable } from './edit/check-editable.ts';
import { listenAt, refuseTunnels } from './listen.ts';
import { resolveViewer, VIEWER_DEFAULTS, type ViewerServerConfig } from './options.ts';
import { getHostName } from './security.ts';
import { openSlidePictures, type SlidePictures, type ViewerLoad } from './slide-pictures.ts';

/** A server that runs. Whoever starts it closes it. */
export interface ViewerServer extends AsyncDisposable {
  /** Where it is asked, with the token where one is needed. */
  readonly url: string;
  readonly port: number;
  readonly token: string | undefined;
  /** Ids of the slides that are served. */
  readonly slides: readonly string[];
  /** Paths that are not served, as links lead out of the folder they were found in. */
  readonly outside: readonly string[];
  /** Where a run had its slides, and nothing is now. */
  readonly missing: readonly string[];
  getLoad(): ViewerLoad;
  /** Ends requests under way, and closes slides and threads. May be called twice. */
  close(): Promise<void>;
}

const OWN_NAMES = ['localhost', '127.0.0.1', '[::1]'] as const;
const LOOPBACK: readonly string[] = ['localhost', '127.0.0.1', '::1'];
const MAX_CONNECTIONS = 1024;
const MAX_HEADER_BYTES = 16_384;
/** A client that takes nothing of its answer for that long has gone. */
const IDLE_MS = 300_000;
/** A client that takes longer to send its few lines is none. */
const REQUEST_MS = 30_000;
/** Of one address, a second, where others than this machine can ask. */
const REQUEST_RATE = 500;
const TOKEN_BYTES = 24;
const MIN_TOKEN = 16;

/**
 * Serves slides as Deep Zoom and IIIF over HTTP: see docs/viewer-server.md. It listens on this machine only unless `host` says otherwise, and
 * then asks for a token, as it does with `edit`.
 * @throws OptionError, SourceError; what listening fails of
 */
export async function serveViewer(config: ViewerServerConfig): Promise<ViewerServer> {
  const settings = resolveViewer(config);
  const { host, port, edit, allowedHosts = [] } = withDefaults(VIEWER_DEFAULTS, config);
  checkBoolean('edit', edit);
  checkInteger('port', port, { min: 0, max: 65_535 });
  const token = chooseToken(config.token, { host, edit });
  const requestRate = chooseRate(config.requestRate, host);
  const pictures = await openSlidePictures(settings);
  const hosts = new Set([...OWN_NAMES, ...listNames(host), ...allowedHosts].map(getHostName));
  const app = createViewerApp(pictures, { hosts, token, edit, requestRate });
  const server = createAdaptorServer({
    fetch: app.fetch,
    overrideGlobalObjects: false,
    serverOptions: { maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS },
  }) as Server;
  server.maxConnections = MAX_CONNECTIONS;
  server.timeout = IDLE_MS;
  refuseTunnels(server);
  try {
    if (edit) checkEditable(pictures.collection);
    await listenAt(server, { host, port });
  } catch (error) {
    await pictures[Symbol.asyncDispose]();
    throw error;
  }
  return createHandle({ server, host, token, pictures });
}

function createHandle({
  server,
  host,
  token,
  pictures,
}: {
  server: Server;
  host: string;
  token: string | undefined;
  pictures: SlidePictures;
}): ViewerServer {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const query = token === undefined ? '' : `?token=${encodeURIComponent(token)}`;
  const url = `http://${formatHost(isAnyAddress(host) ? hostname() : host)}:${port}/${query}`;
  const handle = { closing: undefined as Promise<void> | undefined };
  const untrack = trackOpen(handle, 'viewer', `${host}:${port}`);
  const close = () => {
    handle.closing ??= closeAll(server, pictures).finally(untrack);
    return handle.closing;
  };
  const { slides, outside, missing } = pictures.collection;
  const { getLoad } = pictures;
  return {
    url,
    port,
    token,
    slides: [...slides.keys()],
    outside,
    missing,
    getLoad,
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function closeAll(server: Server, pictures: AsyncDisposable): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await pictures[Symbol.asyncDispose]();
  await closed;
}

/**
 * Other users of this machine reach its own address too: what they may look at they may not write.
 * @throws OptionError
 */
function chooseToken(given: string | undefined, { host, edit }: { host: string; edit: boolean }): string | undefined {
  if (given !== undefined && given.length < MIN_TOKEN)
    throw new OptionError('token', `a text of at least ${MIN_TOKEN} characters`, `one of ${given.length}`);
  if (given !== undefined || (LOOPBACK.includes(host) && !edit)) return given;
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

/** @throws OptionError */
function chooseRate(given: number | undefined, host: string): number {
  if (given !== undefined) return checkInteger('requestRate', given, { min: 0 });
  return LOOPBACK.includes(host) ? 0 : REQUEST_RATE;
}

/** It listens on all addresses that the machine has; to be called it needs a name. */
function isAnyAddress(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/** A server on all addresses of the machine is called by any of them. */
function listNames(host: string): string[] {
  if (!isAnyAddress(host)) return [formatHost(host)];
  const addresses = Object.values(networkInterfaces()).flatMap((all = []) => all.map(({ address }) => address));
  return [hostname(), ...[host, ...addresses].map(formatHost)];
}

/** As it stands in an address: IPv6 in brackets. */
function formatHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
