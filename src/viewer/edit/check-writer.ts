import { RequestError } from '../problem.ts';
import type { ViewerContext } from '../routes/request.ts';

const TYPES: readonly string[] = ['application/geo+json', 'application/json'];

/**
 * Whether a request that writes comes from the page itself. A cookie proves little: browsers send it from any port of this machine. So the
 * page's own origin has to be the name and port that the server was called by, and the type one that no form can send.
 * @throws RequestError 403, 415
 */
export function checkWriter(c: ViewerContext): void {
  const site = c.req.header('sec-fetch-site');
  const host = c.req.header('host')?.toLowerCase();
  if (host === undefined || getOriginHost(c.req.header('origin')) !== host || (site ?? 'same-origin') !== 'same-origin')
    throw new RequestError(403, 'only the page that this server serves may write: `Origin` has to be its own');
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (!TYPES.includes(type)) throw new RequestError(415, `expected the content type ${TYPES.join(' or ')}`);
  if (c.req.header('content-encoding') !== undefined) throw new RequestError(415, 'expected a body without encoding');
}

/** Name and port; undefined for none and for `null`, as documents without an origin send it. */
function getOriginHost(origin: string | undefined): string | undefined {
  return /^https?:\/\/([^/@?#]+)$/i.exec(origin ?? '')?.[1]?.toLowerCase();
}
