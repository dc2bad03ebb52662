import { createJpegDecoder, type JpegDecoder, parseJpegHeader } from '../kernels/jpeg-decode.ts';
import { createKernels, hasWasmSimd } from '../kernels/wasm-kernels.ts';
import type { Raster } from '../raster.ts';

/** Most memory of this thread's instance, which keeps what its largest picture took. */
const MAX_BYTES = 64 * 2 ** 20;
/** Pixels and stream together above this go to sharp, whose memory is given back. */
const MAX_PICTURE = 24 * 2 ** 20;

/** One a thread, made at the first JPEG; `null` where WebAssembly has no SIMD, as sharp is faster than the plain twin. */
let decoder: JpegDecoder | null | undefined;

/**
 * Decodes a complete baseline JPEG with the kernels: the pixels of libjpeg-turbo, and an error for whatever that would
 * paint grey with a warning. @returns undefined where it is not for them: not baseline, or too large.
 * @throws CodecError
 */
export function decodeWithKernels(stream: Uint8Array): Raster | undefined {
  decoder ??= hasWasmSimd() ? createJpegDecoder(createKernels(MAX_BYTES)) : null;
  if (!decoder) return undefined;
  const header = parseJpegHeader(stream);
  if (header.unsupported !== undefined) return undefined;
  if (header.width * header.height * header.components + stream.length > MAX_PICTURE) return undefined;
  return decoder.decode(stream, header);
}
