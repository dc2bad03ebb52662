import { RemoteError, SourceError } from '../../utils/errors.ts';
import { type ByteRange, checkReply, createStatusError, isAsStored, type RangeReply } from './check-reply.ts';
import type { RemoteVersion } from './remote-address.ts';
import type { RemoteSettings } from './remote-options.ts';
import type { RemoteTarget } from './remote-target.ts';
import { createStallTimer, type StallTimer } from './stall-timer.ts';
import { type RequestControl, withRetries } from './with-retries.ts';

/** Asks for the first `length` bytes of a file that nothing is known of yet. @throws RemoteError */
export async function openRemoteFile(
  target: RemoteTarget,
  length: number,
  parts: { settings: RemoteSettings; control: RequestControl },
): Promise<{ version: RemoteVersion; head: Uint8Array }> {
  const { settings, control } = parts;
  return withRetries(
    async () => {
      const head = new Uint8Array(length);
      let filled = 0;
      const take = (chunk: Uint8Array) => {
        head.set(chunk, filled);
        filled += chunk.length;
      };
      const asked = { first: 0, last: length - 1 };
      const reply = await fetchRange(target, { asked, version: undefined, take, settings, control });
      const size = reply.size ?? (await readSize(target, { settings, control }));
      if (size < filled) throw createSizeError(target.name, undefined);
      const { etag, lastModified } = reply;
      return { version: { size, etag, lastModified }, head: head.subarray(0, filled) };
    },
    settings,
    control,
  );
}

/** A server may give less than it is asked for (RFC 9110, 15.3.7), but not the bytes one by one. */
const MAX_PIECES = 64;

/** A part of a file that was opened before. What a broken connection has brought is kept for the next try. @throws RemoteError */
export async function readRemoteRange(
  target: RemoteTarget,
  { offset, length, version }: { offset: number; length: number; version: RemoteVersion },
  parts: { settings: RemoteSettings; control: RequestControl },
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  let pieces = 0;
  const take = (chunk: Uint8Array) => {
    bytes.set(chunk, filled);
    filled += chunk.length;
  };
  await withRetries(
    async () => {
      while (filled < length) {
        const asked = { first: offset + filled, last: offset + length - 1 };
        await fetchRange(target, { asked, version, take, ...parts });
        if (++pieces < MAX_PIECES) continue;
        throw new RemoteError(target.name, `only ${filled} bytes in ${pieces} answers`, { reason: 'protocol' });
      }
    },
    parts.settings,
    parts.control,
  );
  return bytes;
}

interface Fetch {
  readonly asked: ByteRange;
  readonly version: RemoteVersion | undefined;
  /** Called with at most the bytes asked for. */
  readonly take: (chunk: Uint8Array) => void;
  readonly settings: RemoteSettings;
  readonly control: RequestControl;
}

/** One try. @throws RemoteError, SourceError, or the reason of the control's signal */
async function fetchRange(target: RemoteTarget, work: Fetch): Promise<RangeReply> {
  const { asked, version, take } = work;
  using stall = createStallTimer(work.settings.timeoutMs, work.control.signal);
  let response: Response | undefined;
  let reply: RangeReply | undefined;
  let left = 0;
  try {
    const headers = { range: `bytes=${asked.first}-${asked.last}`, ...createConditions(version) };
    response = await target.send({ method: 'GET', headers, signal: stall.signal });
    stall.restart();
    reply = await checkReply(target, response, { asked, version });
    left = reply.range.last - reply.range.first + 1;
    // The body of the answer that an empty file has no ranges is a text.
    for await (const chunk of left > 0 ? (response.body ?? []) : []) {
      stall.restart();
      const bytes = chunk as Uint8Array;
      if (bytes.length > left) throw new RemoteError(target.name, 'more bytes than announced', { reason: 'protocol' });
      take(bytes);
      left -= bytes.length;
    }
    if (left > 0) throw createTruncatedError(target.name, left);
    return reply;
  } catch (error) {
    const problem = toRemoteError(target.name, error, { stall, ...work });
    // All bytes are there, and what is missing is the end of the message.
    if (reply && left === 0 && problem instanceof RemoteError && problem.transient) return reply;
    throw problem;
  } finally {
    // Nothing is downloaded for nobody. A body that was read to its end takes no notice.
    if (response?.body && !response.body.locked) await response.body.cancel().catch(() => undefined);
  }
}

async function readSize(
  target: RemoteTarget,
  { settings, control }: { settings: RemoteSettings; control: RequestControl },
): Promise<number> {
  using stall = createStallTimer(settings.timeoutMs, control.signal);
  try {
    // `fetch` asks for compressed answers unless it is told, and what those say is not the file's size.
    const headers = { 'accept-encoding': 'identity' };
    const response = await target.send({ method: 'HEAD', headers, signal: stall.signal });
    if (response.status !== 200) throw await createStatusError(target, response, undefined);
    const size = Number(response.headers.get('content-length') ?? Number.NaN);
    if (Number.isSafeInteger(size) && isAsStored(response)) return size;
    throw createSizeError(target.name, response.status);
  } catch (error) {
    throw toRemoteError(target.name, error, { stall, settings, control });
  }
}

/** The file has to be the one that was opened. A weak ETag can't be asked for; it is compared with the answer's. */
function createConditions(version: RemoteVersion | undefined): Record<string, string> {
  if (version?.etag !== undefined) return version.etag.startsWith('W/') ? {} : { 'if-match': version.etag };
  return version?.lastModified === undefined ? {} : { 'if-unmodified-since': version.lastModified };
}

function createSizeError(name: string, status: number | undefined): RemoteError {
  return new RemoteError(name, 'the server does not say how large the file is', { reason: 'protocol', status });
}

function createTruncatedError(name: string, missing: number): RemoteError {
  const message = `the server's answer ended ${missing} bytes early`;
  return new RemoteError(name, message, { reason: 'truncated', transient: true });
}

/** Errors of the network that no second try helps against: no such host, a certificate that is not trusted. */
const LASTING = /^(ENOTFOUND|CERT_|ERR_TLS|ERR_SSL|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO|HOSTNAME_MISMATCH)/;

function toRemoteError(
  name: string,
  error: unknown,
  { stall, settings, control }: { stall: StallTimer; settings: RemoteSettings; control: RequestControl },
): unknown {
  if (error instanceof RemoteError || error instanceof SourceError) return error;
  if (control.signal.aborted) return control.signal.reason;
  if (stall.hasFired) {
    const message = `no answer within ${settings.timeoutMs / 1000} s`;
    return new RemoteError(name, message, { reason: 'timeout', transient: true });
  }
  const cause = findCoded(error);
  // What has no code did not come from the network: a port that `fetch` refuses, a header that can't be sent. It may repeat
  // what was to be sent, and is not told further.
  if (!cause) return new RemoteError(name, 'the request can not be sent', { reason: 'network' });
  const message = cause.code === 'ENOTFOUND' ? 'no such host' : `the connection failed (${cause.code})`;
  return new RemoteError(name, message, { reason: 'network', transient: !LASTING.test(cause.code) }, { cause });
}

/** `fetch` hides what happened in the cause of its error. */
function findCoded(error: unknown): (Error & { code: string }) | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++)
    if ('code' in at && typeof at.code === 'string') return at as Error & { code: string };
  return undefined;
}
