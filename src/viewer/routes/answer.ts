import { sha256 } from '../../utils/hash.ts';
import type { Picture } from '../picture.ts';
import { getAsker, type ViewerContext } from './request.ts';

/** An address that names the slide's version (`?v=`) never changes its answer; any other may when the file does. */
const FOREVER = 'private, max-age=31536000, immutable';
const A_WHILE = 'private, max-age=300';

const TYPES = { jpg: 'image/jpeg', png: 'image/png' } as const;

/** The picture, or 304 where the client has it: then nothing is read. */
export async function answerPicture(
  c: ViewerContext,
  picture: Picture,
  { format, version }: { format: keyof typeof TYPES; version: string },
): Promise<Response> {
  const head = { ...createHead(c, picture.key, version), 'Content-Type': TYPES[format] };
  if (isKnown(c, head.ETag)) return c.body(null, 304, head);
  const bytes = await picture.make(getAsker(c));
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
