import { RemoteError } from '../../utils/errors.ts';
import type { RemoteVersion } from './remote-address.ts';
import type { RemoteTarget } from './remote-target.ts';

/** Bytes `first` to `last`, both included, as HTTP counts them. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** What a server said before its bytes. */
export interface RangeReply {
  /** What is coming; it may end earlier than asked. `last` is below `first` for an empty file. */
  readonly range: ByteRange;
  /** Of the whole file; undefined where the server does not say. */
  readonly size: number | undefined;
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
}

/** HTTP states that pass: too many requests, timeouts, servers that are busy or just start. */
const TRANSIENT = new Set([408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524]);

/**
 * Checks that an answer is the range that was asked for, of the file that was opened. The body is left alone where it is.
 * @throws RemoteError
 */
export async function checkReply(
  target: RemoteTarget,
  response: Response,
  { asked, version }: { asked: ByteRange; version: RemoteVersion | undefined },
): Promise<RangeReply> {
  const reply = readReply(response, asked);
  if (reply === undefined) throw await createStatusError(target, response, version);
  const { name } = target;
  const { status, headers } = response;
  if (!isAsStored(response)) {
    const problem = `the server sends it as ${headers.get('content-encoding')}, asked for bytes as stored`;
    throw new RemoteError(name, problem, { reason: 'protocol', status });
  }
  if (version && hasChanged(reply, version)) throw createChangedError(name, status);
  return reply;
}

/** Not compressed on the way. */
export function isAsStored({ headers }: Response): boolean {
  const encoding = headers.get('content-encoding') ?? '';
  return /^\s*(identity)?\s*$/i.test(encoding);
}

/** Undefined where the answer has no such bytes. */
function readReply({ status, headers }: Response, { first, last }: ByteRange): RangeReply | undefined {
  const facts = {
    etag: headers.get('etag') ?? undefined,
    lastModified: headers.get('last-modified') ?? undefined,
  };
  const contentRange = headers.get('content-range') ?? '';
  if (status === 206) {
    const [, from, to, size] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(contentRange) ?? [];
    const range = { first: Number(from), last: Number(to) };
    if (range.first !== first || !(range.last >= first) || range.last > last) return undefined;
    if (size === '*') return { range, size: undefined, ...facts };
    // Whoever counts bytes or blocks of the file relies on a number that can be counted up to.
    const sound = Number.isSafeInteger(Number(size)) && range.last < Number(size);
    return sound ? { range, size: Number(size), ...facts } : undefined;
  }
  // Of an empty file there is no range to give.
  if (status === 416 && first === 0 && contentRange === 'bytes */0')
    return { range: { first: 0, last: -1 }, size: 0, ...facts };
  // A server without ranges sends all of it, which is as good where all of it was asked for.
  const length = Number(headers.get('content-length') ?? Number.NaN);
  if (status === 200 && first === 0 && length <= last + 1)
    return { range: { first, last: length - 1 }, size: length, ...facts };
  return undefined;
}

function hasChanged(reply: RangeReply, { size, etag, lastModified }: RemoteVersion): boolean {
  if (reply.size !== undefined && reply.size !== size) return true;
  // Some servers behind one address leave headers out: only what is said can differ.
  if (etag !== undefined && reply.etag !== undefined) return getTag(reply.etag) !== getTag(etag);
  return lastModified !== undefined && reply.lastModified !== undefined && reply.lastModified !== lastModified;
}

/** Proxies weaken ETags of what they could have changed; another file has another tag, weak or not. */
function getTag(etag: string): string {
  return etag.replace(/^W\//, '');
}

/** What to say of an answer that is none. */
export async function createStatusError(
  target: RemoteTarget,
  response: Response,
  version: RemoteVersion | undefined,
): Promise<RemoteError> {
  const { name } = target;
  const { status } = response;
  if (version && (status === 412 || status === 416)) return createChangedError(name, status);
  if (status === 200 || status === 206) {
    const what =
      status === 200 ? 'sends the whole file where a part was asked for' : 'sends another part than was asked for';
    return new RemoteError(
      name,
      `the server ${what}`,
      { reason: 'no-ranges', status },
      {
        hint: 'it has to support HTTP range requests; else download the file first',
      },
    );
  }
  const code = await readErrorCode(response);
  const facts = {
    reason: 'status',
    status,
    transient: TRANSIENT.has(status),
    retryAfterMs: readRetryAfter(response),
  } as const;
  const hint = getHint(target, status, code);
  return new RemoteError(
    name,
    `HTTP ${status}${code ? ` ${code}` : describeStatus(status)}`,
    facts,
    hint ? { hint } : {},
  );
}

function createChangedError(name: string, status: number): RemoteError {
  return new RemoteError(
    name,
    'the file changed while it was read',
    { reason: 'changed', status },
    {
      hint: 'open it again, or start the run again: what was made of the old file is replaced',
    },
  );
}

function describeStatus(status: number): string {
  if (status === 401 || status === 403) return ', access is denied';
  return status === 404 || status === 410 ? ', not found' : '';
}

function getHint(target: RemoteTarget, status: number, code: string | undefined): string | undefined {
  if (code === 'AuthorizationHeaderMalformed') return "set AWS_REGION to the bucket's region";
  const denied = status === 401 || status === 403;
  if (denied && target.isAnonymousS3)
    return 'for an object that is not public set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (aws configure export-credentials --format env)';
  if (denied) return 'check the credentials and the clock; a signed URL may have expired';
  return status === 404 || status === 410 ? 'check the address' : undefined;
}

/** The word of an S3 error, such as `NoSuchKey`; nothing else of the body, which may repeat credentials. */
async function readErrorCode({ headers, body }: Response): Promise<string | undefined> {
  if (!body || !/xml/.test(headers.get('content-type') ?? '')) return undefined;
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of body) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      if (text.length > 4096) break;
    }
  } catch {
    // The refusal itself has come: what it says of the reason may be missing.
  }
  return /<Code>(\w{1,80})<\/Code>/.exec(text)?.[1];
}

/** Seconds, or a date. */
function readRetryAfter({ headers }: Response): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
