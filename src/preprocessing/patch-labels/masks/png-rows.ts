import { Readable } from 'node:stream';
import { createInflate } from 'node:zlib';
import type { ByteSource } from '../../../io/source/byte-source.ts';
import { CodecError, isSlideloomError } from '../../../utils/errors.ts';
import { expandBits } from '../kernels/expand-bits.ts';
import { undoPngFilter } from '../kernels/undo-png-filter.ts';
import { type PngHead, readChunkHead } from './png-head.ts';

/** Bytes that are read, and inflated, at once. */
const PIECE = 2 ** 17;

/** The rows of a PNG, each once, from the top. */
export interface PngRows {
  /** The row that is read next. */
  readonly next: number;
  /** @returns a sample beyond 255, where the row has one */
  read(target: Uint8Array): Promise<number | undefined>;
  close(): Promise<void>;
}

/** Memory: two rows and a piece. The source stays the caller's. */
export function openPngRows(source: ByteSource, { width, bits, pixelsAt }: PngHead): PngRows {
  const input = Readable.from(readPixelChunks(source, pixelsAt));
  const inflate = createInflate({ chunkSize: PIECE });
  input.on('error', (error) => inflate.destroy(error));
  const pieces = input.pipe(inflate)[Symbol.asyncIterator]();
  const take = createTaker(pieces);
  let row = new Uint8Array(1 + Math.ceil((width * bits) / 8));
  let before = new Uint8Array(row.length);
  let next = 0;
  return {
    get next() {
      return next;
    },
    async read(target) {
      await take(row).catch((error: unknown) => {
        throw isSlideloomError(error)
          ? error
          : new CodecError('png', `row ${next}: ${String(error)}`, { cause: error });
      });
      const filter = row[0] ?? 0;
      const step = Math.max(1, bits >> 3);
      if (!undoPngFilter(filter, row.subarray(1), before.subarray(1), step))
        throw new CodecError('png', `row ${next}: filter ${filter}`);
      [row, before] = [before, row];
      next++;
      return toLabels(before.subarray(1), { width, bits }, target);
    },
    async close() {
      input.destroy();
      inflate.destroy();
      await pieces.return?.().catch(() => {});
    },
  };
}

/** The content of the chunks of pixels, which follow one another. */
async function* readPixelChunks(source: ByteSource, first: number): AsyncGenerator<Uint8Array> {
  for (let at = first; ; ) {
    const { length, type } = await readChunkHead(source, at);
    if (type !== 'IDAT') return;
    for (let done = 0; done < length; done += PIECE)
      yield await source.read(at + 8 + done, Math.min(PIECE, length - done));
    at += 12 + length;
  }
}

/** Fills arrays from pieces of any length. */
function createTaker(pieces: AsyncIterator<Uint8Array>): (target: Uint8Array) => Promise<void> {
  let piece: Uint8Array = new Uint8Array(0);
  return async (target) => {
    for (let filled = 0; filled < target.length; ) {
      while (piece.length === 0) {
        const { value, done } = await pieces.next();
        if (done) throw new CodecError('png', 'the pixels end too early');
        piece = value;
      }
      const part = piece.subarray(0, target.length - filled);
      target.set(part, filled);
      filled += part.length;
      piece = piece.subarray(part.length);
    }
  };
}

function toLabels(
  samples: Uint8Array,
  { width, bits }: { width: number; bits: number },
  target: Uint8Array,
): number | undefined {
  if (bits === 8) target.set(samples);
  else if (bits < 8) expandBits(samples, { width, rows: 1, bits }, target);
  else {
    for (let x = 0; x < width; x++) {
      const high = samples[2 * x] ?? 0;
      const low = samples[2 * x + 1] ?? 0;
      if (high !== 0) return high * 256 + low;
      target[x] = low;
    }
  }
  return undefined;
}
