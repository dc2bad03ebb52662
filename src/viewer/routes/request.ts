import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { ServedSlide } from '../collection.ts';
import type { Asker } from '../picture.ts';
import { RequestError } from '../problem.ts';
import type { SlidePictures } from '../slide-pictures.ts';

/** Requests come from Node's server, or from a test without one. */
export interface ViewerEnv {
  Bindings: Partial<HttpBindings>;
  Variables: { served: ServedSlide | undefined };
}

export type ViewerContext = Context<ViewerEnv>;

/** Clients take turns by address and program: behind a tunnel all have the same address. */
export function getAsker(c: ViewerContext): Asker {
  const address = c.env?.incoming?.socket.remoteAddress ?? '';
  return { client: `${address} ${c.req.header('user-agent') ?? ''}`, signal: c.req.raw.signal };
}

/**
 * The slide of an id, with the channel that the query asks for.
 * @throws RequestError 404 where none has it
 */
export function findSlide(c: ViewerContext, { collection }: SlidePictures, id: string): ServedSlide {
  const found = collection.slides.get(id);
  if (!found) throw new RequestError(404, `no slide ${quote(id)} is served`);
  c.set('served', found);
  const channel = c.req.query('channel');
  if (channel === undefined) return found;
  if (channel === '' || channel.length > MAX_NAME) throw new RequestError(400, '`channel` is no name of a channel');
  return { ...found, options: { ...found.options, channel } };
}

const MAX_NAME = 200;

/** @throws RequestError 400 */
export function parseCount(name: string, text: string, max: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 0 && value <= max) return value;
  throw new RequestError(400, `expected an integer from 0 to ${max} for \`${name}\` but received ${quote(text)}`);
}

/** @throws RequestError 400 */
export function parseFormat(text: string): 'jpg' | 'png' {
  if (text === 'jpg' || text === 'jpeg') return 'jpg';
  if (text === 'png') return 'png';
  throw new RequestError(400, `expected the format jpg or png but received ${quote(text)}`);
}

/** For messages: short, without control characters. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
}

/** `name.ext` into both; undefined where there is no dot. */
export function splitName(file: string): { name: string; extension: string } | undefined {
  const at = file.lastIndexOf('.');
  return at > 0 ? { name: file.slice(0, at), extension: file.slice(at + 1) } : undefined;
}
