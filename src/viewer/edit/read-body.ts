import { RequestError } from '../problem.ts';
import type { ViewerContext } from '../routes/request.ts';

/**
 * The body of a request as text, at most `maxBytes` of it.
 * @throws RequestError 413 where there is more; 400 where it is no UTF-8, or not what `Content-Length` says
 */
export async function readBody(c: ViewerContext, maxBytes: number): Promise<string> {
  const announced = c.req.header('content-length');
  if (announced !== undefined && Number(announced) > maxBytes) throw refuseSize(maxBytes);
  const reader = c.req.raw.body?.getReader();
  if (!reader) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > maxBytes) {
      await reader.cancel();
      throw refuseSize(maxBytes);
    }
    chunks.push(value);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new RequestError(400, 'the body is no UTF-8');
  }
}

function refuseSize(maxBytes: number): RequestError {
  return new RequestError(413, `a drawing may have ${maxBytes / 2 ** 20} MiB`);
}
