import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { sha256 } from '../../utils/hash.ts';
import type { Picture } from '../picture.ts';
import { GUARD_HEADERS } from '../security.ts';
import { getAsker, type ViewerContext } from './request.ts';

/** An address that names the slide's version (`?v=`) never changes its answer; any other may when the file does. */
const FOREVER = 'private, max-age=31536000, immutable';
const A_WHILE = 'private, max-age=300';
/** Asked for again each time: 304 says that it is the same. */
const NOT_AT_ALL = 'private, no-cache';

const TYPES = { jpg: 'image/jpeg', png: 'image/png' } as const;

/** The picture, or 304 where the client has it: then nothing is read. */
export async function answerPicture(
  c: ViewerContext,
  picture: Picture,
  { format, version }: { format: keyof typeof TYPES; version: string },
): Promise<Response> {
  const head = { ...createHead(c, picture.key, version), 'Content-Type': TYPES[format] };
  if (isKnown(c, head.ETag)) return c.body(null, 304, head);
  const bytes = picture.find() ?? (await picture.make(getAsker(c)));
  return sendNow(c, bytes, head) ?? send(c, bytes, head);
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
 * Past the `Response`, whose body would be made a stream and read again: a third of the work for a picture that is kept.
 * @returns undefined where there is no server of Node's, or the answer has more headers than these and the guard's
 */
function sendNow(c: ViewerContext, bytes: Uint8Array, head: Readonly<Record<string, string>>): Response | undefined {
  const { outgoing } = c.env ?? {};
  if (!outgoing || c.req.query('token') !== undefined) return undefined;
  // Who has gone is told nothing.
  if (!outgoing.destroyed) {
    outgoing.writeHead(200, { ...GUARD_HEADERS, ...head, 'Content-Length': bytes.byteLength });
    outgoing.end(bytes);
  }
  return RESPONSE_ALREADY_SENT;
}

function send(c: ViewerContext, bytes: Uint8Array, head: Readonly<Record<string, string>>): Response {
  return c.body(bytes as Uint8Array<ArrayBuffer>, 200, { ...head, 'Content-Length': String(bytes.byteLength) });
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
