import { createJpegDecoder, type JpegDecoder, parseJpegHeader } from '../kernels/jpeg-decode.ts';
import { createKernels, hasWasmSimd } from '../kernels/wasm-kernels.ts';
import type { Raster } from '../raster.ts';

/** Most memory of this thread's instance, which keeps what its largest picture took. */
const MAX_BYTES = 64 * 2 ** 20;
/** Pixels and stream together above this go to sharp, whose memory is given back. */
const MAX_PICTURE = 24 * 2 ** 20;

/** One a thread, made at the first JPEG; `null` where WebAssembly has no SIMD, as sharp is faster than the plain twin. */
let decoder: JpegDecoder | null | undefined;
let twin: JpegDecoder | undefined;

/**
 * Decodes a complete baseline JPEG with the kernels: the pixels of libjpeg-turbo, and an error for whatever that would
 * paint grey with a warning. @returns undefined where it is not for them: not baseline, or too large.
 * @throws CodecError
 */
export function decodeWithKernels(stream: Uint8Array): Raster | undefined {
  const own = getDecoder();
  if (!own) return undefined;
  const header = parseJpegHeader(stream);
  if (header.unsupported !== undefined) return undefined;
  if (header.width * header.height * header.components + stream.length > MAX_PICTURE) return undefined;
  return own.decode(stream, header);
}

/**
 * This thread's decoder for `bytes` of pixels and stream together: the kernels, or the plain twin, which has the same pixels,
 * where they don't run or it is too much for them. For scaled decodes, which sharp can't be asked for.
 */
export function getThreadJpegDecoder(bytes: number): JpegDecoder {
  const own = bytes > MAX_PICTURE ? undefined : getDecoder();
  if (own) return own;
  twin ??= createJpegDecoder();
  return twin;
}

function getDecoder(): JpegDecoder | undefined {
  decoder ??= hasWasmSimd() ? createJpegDecoder(createKernels(MAX_BYTES)) : null;
  return decoder ?? undefined;
}
