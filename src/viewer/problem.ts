import { isSlideloomError, TileError } from '../utils/errors.ts';
import { QueueFullError } from './fair-queue.ts';
import type { HidePaths } from './hide-paths.ts';
import type { TileAt } from './picture.ts';

/** Why a request is refused, for the client to read (RFC 9457). */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Where a grid has no such tile. */
export function refuseTile({ level, col, row }: TileAt): RequestError {
  return new RequestError(404, `level ${level} has no tile at column ${col}, row ${row}`);
}

/** The body of an answer that is none. */
export interface Problem {
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The kind of slideloom's error. */
  readonly tag?: string;
  readonly slide?: string;
  /** Of a tile that can't be read: its place among the tiles that the slide stores. */
  readonly level?: number;
  readonly col?: number;
  readonly row?: number;
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Token needed',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Of another file',
  412: 'Changed meanwhile',
  413: 'Too much',
  414: 'Address too long',
  415: 'Another type is expected',
  421: 'Misdirected request',
  422: 'It can not be done',
  428: 'It has to be said what is replaced',
  429: 'Too many requests',
  499: 'Client closed request',
  500: 'It can not be read',
  502: 'The server of the slide failed',
  503: 'Too many requests wait',
  507: 'The disk is full',
};

/** What messages are told without: paths are not for clients. */
export interface ProblemPlaces {
  /** Id of the slide in question, and its paths: messages name it by its id. */
  readonly slide?: { readonly id: string; readonly names: readonly string[] } | undefined;
  /** Cuts other paths down to names. */
  readonly hide: HidePaths;
}

export function createProblem(error: unknown, { slide, hide }: ProblemPlaces): Problem {
  const status = getStatus(error);
  const detail = error instanceof Error ? error.message : String(error);
  const named = (slide?.names ?? []).reduce((text, name) => text.replaceAll(name, slide?.id ?? ''), detail);
  return {
    ...{ title: TITLES[status] ?? 'Failed', status, detail: isKnown(error) ? hide(named) : 'an error of the server' },
    ...(isSlideloomError(error) && { tag: error.tag }),
    ...(slide && { slide: slide.id }),
    ...(error instanceof TileError && { level: error.level, col: error.col, row: error.row }),
  };
}

function getStatus(error: unknown): number {
  if (error instanceof RequestError) return error.status;
  if (error instanceof QueueFullError) return 503;
  if (isSlideloomError(error, 'option', 'level')) return 400;
  if (isSlideloomError(error, 'stain')) return 422;
  if (isSlideloomError(error, 'source')) return 404;
  if (isSlideloomError(error, 'remote')) return 502;
  if (isSlideloomError(error, 'slide-closed')) return 503;
  if (isSlideloomError(error, 'aborted')) return 499;
  return 500;
}

/** What others throw may say anything: it is for the log, not for clients. */
function isKnown(error: unknown): boolean {
  return error instanceof RequestError || error instanceof QueueFullError || isSlideloomError(error);
}
