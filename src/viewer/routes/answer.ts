import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { sha256 } from '../../utils/hash.ts';
import type { Picture } from '../picture.ts';
import { RequestError } from '../problem.ts';
import { GUARD_HEADERS } from '../security.ts';
import { getAsker, type ViewerContext } from './request.ts';

/** An address that names the slide's version (`?v=`) never changes its answer; any other may when the file does. */
const FOREVER = 'private, max-age=31536000, immutable';
const A_WHILE = 'private, max-age=300';
/** Asked for again each time: 304 says that it is the same. */
const NOT_AT_ALL = 'private, no-cache';

const TYPES = { jpg: 'image/jpeg', png: 'image/png' } as const;

/**
 * The picture, or 304 where the client has it: then nothing is read.
 * @throws RequestError 409 where the client's version is of another file: two slides must not be seen as one
 */
export async function answerPicture(
  c: ViewerContext,
  picture: Picture,
  { format, version }: { format: keyof typeof TYPES; version: string },
): Promise<Response> {
  if ((c.req.query('v') ?? version) !== version)
    throw new RequestError(409, 'the file has changed meanwhile: load the page again');
  const head = { ...createHead(c, picture.key, version), 'Content-Type': TYPES[format] };
  if (isKnown(c, head.ETag)) return c.body(null, 304, head);
  const bytes = picture.find() ?? (await picture.make(getAsker(c)));
  return send(c, bytes, head);
}

/** Text that depends on nothing but the slide's version and itself. */
export function answerText(
  c: ViewerContext,
  text: string,
  { type, version }: { type: string; version: string },
): Response {
  const head = { ...createHead(c, text, version), 'Content-Type': type };
  if (isKnown(c, head.ETag)) return c.body(null, 304, head);
  return send(c, Buffer.from(text), head);
}

/** What is made anew each time and may change at any: facts that depend on files of a run. */
export function answerFresh(c: ViewerContext, value: unknown): Response {
  const text = JSON.stringify(value);
  const type = 'application/json; charset=utf-8';
  const head = { ...createHead(c, text, ''), 'Cache-Control': NOT_AT_ALL, 'Content-Type': type };
  if (isKnown(c, head.ETag)) return c.body(null, 304, head);
  return send(c, Buffer.from(text), head);
}

/** What a file's version and `key` stand for; it is made only for who has not got it. */
export async function answerBytes(
  c: ViewerContext,
  make: () => Promise<Uint8Array>,
  { key, type, version }: { key: string; type: string; version: string },
): Promise<Response> {
  const head = { ...createHead(c, key, version), 'Content-Type': type };
  if (head['Cache-Control'] !== FOREVER) head['Cache-Control'] = NOT_AT_ALL;
  if (isKnown(c, head.ETag)) return c.body(null, 304, head);
  return send(c, await make(), head);
}

/**
 * Past the `Response`, whose body would be made a stream and read again: a third of the work for a picture that is kept, and no copy of
 * a layer for each client that is slow to take it. Headers are these, the guard's, and the cookie of the token.
 */
function send(c: ViewerContext, bytes: Uint8Array, head: Readonly<Record<string, string>>): Response {
  const { outgoing } = c.env ?? {};
  if (!outgoing)
    return c.body(bytes as Uint8Array<ArrayBuffer>, 200, { ...head, 'Content-Length': String(bytes.byteLength) });
  // Who has gone is told nothing.
  if (!outgoing.destroyed) {
    if (c.req.query('token') !== undefined) outgoing.setHeader('Set-Cookie', c.res.headers.getSetCookie());
    outgoing.writeHead(200, { ...GUARD_HEADERS, ...head, 'Content-Length': bytes.byteLength });
    outgoing.end(bytes);
  }
  return RESPONSE_ALREADY_SENT;
}

function createHead(c: ViewerContext, key: string, version: string) {
  const etag = `"${sha256(`${version}\n${key}`).slice(0, 32)}"`;
  return { ETag: etag, 'Cache-Control': version !== '' && c.req.query('v') === version ? FOREVER : A_WHILE };
}

/** By RFC 9110, 13.1.2: weakly compared, `*` is anything. */
function isKnown(c: ViewerContext, etag: string): boolean {
  const known = c.req.header('if-none-match');
  if (known === undefined) return false;
  return known.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag);
}
