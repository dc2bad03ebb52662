import { SourceError } from '../../utils/errors.ts';
import { trackOpen } from '../../utils/open-handles.ts';
import type { ByteSource } from './byte-source.ts';
import { checkRange } from './check-range.ts';

/** A source over bytes in memory. Reads are views of `bytes`, not copies. */
export function createBufferSource(bytes: Uint8Array, name = 'buffer'): ByteSource {
  let closed = false;
  const source: ByteSource = {
    name,
    size: bytes.length,
    identity: { size: bytes.length, mtimeMs: undefined },
    async read(offset, length, options = {}) {
      if (closed) throw new SourceError(name, 'the source is closed');
      checkRange(source, offset, length);
      options.signal?.throwIfAborted();
      return bytes.subarray(offset, offset + length);
    },
    async close() {
      if (closed) return;
      closed = true;
      untrack();
    },
    async [Symbol.asyncDispose]() {
      await source.close();
    },
  };
  const untrack = trackOpen(source, 'buffer', name);
  return source;
}
