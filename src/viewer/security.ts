import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { checkWriter } from './edit/check-writer.ts';
import { isDrawingAddress } from './edit/drawing-address.ts';
import { RequestError } from './problem.ts';
import { createRequestRate, type RequestRate } from './request-rate.ts';
import type { ViewerContext, ViewerEnv } from './routes/request.ts';

export interface SecurityOptions {
  /** Names, without port, by which the server may be called. */
  readonly hosts: ReadonlySet<string>;
  /** Undefined where anyone who reaches the server may ask. */
  readonly token: string | undefined;
  /** Whether drawings may be written. Nothing else ever is. */
  readonly edit?: boolean;
  /** Requests a second of one address; without it, as many as it likes. */
  readonly requestRate?: number;
}

const READING: readonly string[] = ['GET', 'HEAD'];
const WRITING: readonly string[] = [...READING, 'PUT'];
const COOKIE = 'slideloom-viewer';
const MAX_URL = 2048;

/** Of every answer. */
export const GUARD_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/**
 * Who may ask, and how: so often as `requestRate` says, GET and HEAD, and with `edit` PUT of drawings; addresses of moderate length, the server's own names (a page
 * elsewhere could have its own name lead here: DNS rebinding), and the token, from the query once and then from a cookie, or as `Authorization: Bearer`.
 */
export function createGuard({
  hosts,
  token,
  edit = false,
  requestRate,
}: SecurityOptions): MiddlewareHandler<ViewerEnv> {
  const rate = requestRate ? createRequestRate(requestRate) : undefined;
  return async (c, next) => {
    for (const [name, value] of Object.entries(GUARD_HEADERS)) c.header(name, value);
    // First of all: guesses of tokens are counted too.
    if (rate) checkRate(c, rate);
    const { method, url } = c.req;
    const methods = edit && isDrawingAddress(new URL(url).pathname) ? WRITING : READING;
    if (!methods.includes(method)) {
      c.header('Allow', methods.join(', '));
      throw new RequestError(405, `only ${methods.join(', ')}`);
    }
    if (url.length > MAX_URL) throw new RequestError(414, `expected an address of at most ${MAX_URL} characters`);
    const host = c.req.header('host') ?? new URL(url).host;
    if (!hosts.has(getHostName(host))) throw new RequestError(421, 'this server has another name');
    if (/%(00|2f|5c)|\\/i.test(new URL(url).pathname))
      throw new RequestError(400, 'the address holds what no name of a slide does');
    checkSite(c);
    if (token !== undefined) checkToken(c, token, host);
    if (method === 'PUT') checkWriter(c);
    await next();
  };
}

function checkRate(c: ViewerContext, rate: RequestRate): void {
  const wait = rate.take(c.env?.incoming?.socket.remoteAddress ?? '', performance.now());
  if (wait === 0) return;
  c.header('Retry-After', String(wait));
  throw new RequestError(429, `too many requests: ask again in ${wait} s`);
}

/** Pages of other sites, and of other ports of this machine, have no use for pictures that they can't show; a link may lead here. */
function checkSite(c: ViewerContext): void {
  const site = c.req.header('sec-fetch-site') ?? 'none';
  if (site === 'same-origin' || site === 'none' || c.req.header('sec-fetch-mode') === 'navigate') return;
  throw new RequestError(403, 'pages of other sites may not ask');
}

function checkToken(c: ViewerContext, token: string, host: string): void {
  // Browsers send a cookie to every port of a machine: the name tells servers apart.
  const cookie = `${COOKIE}${/:\d+$/.exec(host)?.[0].replace(':', '-') ?? ''}`;
  const asked = c.req.query('token');
  const bearer = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
  const brought = asked ?? bearer ?? getCookie(c, cookie);
  if (brought === undefined || !isSame(brought, token)) throw new RequestError(401, 'a token is needed: ?token=...');
  if (asked !== undefined) setCookie(c, cookie, token, { httpOnly: true, sameSite: 'Strict', path: '/' });
}

/** In a time that says nothing of where they differ. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

/** Without port; of an IPv6 address with its brackets. */
export function getHostName(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');
}
