import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { RequestError } from './problem.ts';
import type { ViewerContext, ViewerEnv } from './routes/request.ts';

export interface SecurityOptions {
  /** Names, without port, by which the server may be called. */
  readonly hosts: ReadonlySet<string>;
  /** Undefined where anyone who reaches the server may ask. */
  readonly token: string | undefined;
}

const COOKIE = 'slideloom-viewer';
const MAX_URL = 2048;

const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/**
 * Who may ask, and how: GET and HEAD, addresses of moderate length, the server's own names (a page elsewhere could have its own
 * name lead here: DNS rebinding), and the token, from the query once and then from a cookie, or as `Authorization: Bearer`.
 */
export function createGuard({ hosts, token }: SecurityOptions): MiddlewareHandler<ViewerEnv> {
  return async (c, next) => {
    for (const [name, value] of Object.entries(HEADERS)) c.header(name, value);
    const { method, url } = c.req;
    if (method !== 'GET' && method !== 'HEAD') {
      c.header('Allow', 'GET, HEAD');
      throw new RequestError(405, 'only GET and HEAD');
    }
    if (url.length > MAX_URL) throw new RequestError(414, `expected an address of at most ${MAX_URL} characters`);
    const host = c.req.header('host') ?? new URL(url).host;
    if (!hosts.has(getHostName(host))) throw new RequestError(421, 'this server has another name');
    if (/%(00|2f|5c)|\\/i.test(new URL(url).pathname))
      throw new RequestError(400, 'the address holds what no name of a slide does');
    if (token !== undefined) checkToken(c, token);
    await next();
  };
}

function checkToken(c: ViewerContext, token: string): void {
  const asked = c.req.query('token');
  const bearer = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
  const brought = asked ?? bearer ?? getCookie(c, COOKIE);
  if (brought === undefined || !isSame(brought, token)) throw new RequestError(401, 'a token is needed: ?token=...');
  if (asked !== undefined) setCookie(c, COOKIE, token, { httpOnly: true, sameSite: 'Strict', path: '/' });
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
