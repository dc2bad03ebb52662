import factory from '@cornerstonejs/codec-charls/decodewasmjs';
import { CodecError } from '../../utils/errors.ts';
import { interleavePlanes } from '../kernels/interleave-planes.ts';
import { createEmscriptenThread, type EmscriptenInstance, release } from './emscripten.ts';
import { readJpegLsHeader } from './jpeg-ls-header.ts';
import { getFrameBytes, type SampleFrame } from './sample-frame.ts';

/** The one door to CharLS in WebAssembly, one instance a thread. */
const thread = createEmscriptenThread({
  factory,
  wasm: '@cornerstonejs/codec-charls/decodewasm',
  isModule: (module): module is CharlsModule =>
    typeof module === 'object' &&
    module !== null &&
    'JpegLSDecoder' in module &&
    typeof module.JpegLSDecoder === 'function',
});

interface CharlsModule {
  readonly JpegLSDecoder: new () => CharlsDecoder;
  getExceptionMessage?(exception: unknown): unknown;
}

interface CharlsDecoder {
  getEncodedBuffer(length: number): Uint8Array;
  decode(): void;
  getDecodedBuffer(): Uint8ClampedArray<ArrayBuffer>;
  getFrameInfo(): { width: number; height: number; bitsPerSample: number; componentCount: number };
  /** 0 one component after another, 1 by line, 2 by pixel; the decoder gives pixels for the last two. */
  getInterleaveMode(): number;
  delete(): void;
}

const BASE_BYTES = 64 * 2 ** 20;

/**
 * JPEG-LS (ITU-T T.87), lossless and near-lossless.
 * @returns interleaved samples, those of two bytes little endian; samples of at most 8 bits are widened where two are expected
 * @throws CodecError for a stream that is damaged, cut, or of another size than expected
 */
export async function decodeJpegLs(bytes: Uint8Array, expected: SampleFrame): Promise<Uint8Array> {
  const bits = checkFrame(bytes, expected);
  const stored: SampleFrame = { ...expected, bytesPerSample: bits > 8 ? 2 : 1 };
  const maxBytes = BASE_BYTES + 2 * bytes.length + 4 * getFrameBytes(stored);
  const samples = await thread.run(maxBytes, (instance) => decodeNow(instance, bytes, stored));
  return expected.bytesPerSample === stored.bytesPerSample ? samples : widen(samples);
}

function decodeNow({ module }: EmscriptenInstance<CharlsModule>, bytes: Uint8Array, stored: SampleFrame): Uint8Array {
  const decoder = new module.JpegLSDecoder();
  let data: Uint8ClampedArray<ArrayBuffer>;
  let planes: boolean;
  try {
    decoder.getEncodedBuffer(bytes.length).set(bytes);
    decoder.decode();
    data = decoder.getDecodedBuffer();
    planes = stored.samples > 1 && decoder.getInterleaveMode() === 0;
  } catch (cause) {
    throw new CodecError('jpeg-ls', explain(module, cause), { cause });
  } finally {
    release(decoder);
  }
  if (data.length !== getFrameBytes(stored)) throw new CodecError('jpeg-ls', `decoded as ${data.length} bytes`);
  const samples = new Uint8Array(data.buffer, data.byteOffset, data.length);
  return planes ? joinPlanes(samples, stored) : samples;
}

/** What the library's C++ exception says, which comes as a pointer. */
function explain(module: CharlsModule, cause: unknown): string {
  try {
    const text = module.getExceptionMessage?.(cause);
    const last: unknown = Array.isArray(text) ? text.at(-1) : text;
    if (typeof last === 'string' && last !== '') return last;
  } catch {
    // Not one of its exceptions.
  }
  return 'the decoder broke down, or had too little memory';
}

function joinPlanes(data: Uint8Array, { samples, bytesPerSample }: SampleFrame): Uint8Array {
  const size = data.length / samples;
  if (bytesPerSample === 1)
    return interleavePlanes(Array.from({ length: samples }, (_, i) => data.subarray(i * size, (i + 1) * size)));
  const wide = new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
  const out = new Uint16Array(wide.length);
  wide.forEach((value, i) => {
    out[(i % (size / 2)) * samples + Math.floor((2 * i) / size)] = value;
  });
  return new Uint8Array(out.buffer);
}

function widen(samples: Uint8Array): Uint8Array {
  const wide = new Uint8Array(samples.length * 2);
  samples.forEach((value, i) => {
    wide[2 * i] = value;
  });
  return wide;
}

/** Holds the stream's own word against what is expected, before anything is decoded. @returns bits a sample */
function checkFrame(bytes: Uint8Array, expected: SampleFrame): number {
  const { bits, width, height, samples } = readJpegLsHeader(bytes);
  if (width !== expected.width || height !== expected.height || samples !== expected.samples) {
    const promised = `${expected.width} x ${expected.height} with ${expected.samples}`;
    throw new CodecError(
      'jpeg-ls',
      `the stream holds ${width} x ${height} with ${samples} samples, ${promised} expected`,
    );
  }
  if (bits < 2 || bits > 8 * expected.bytesPerSample) throw new CodecError('jpeg-ls', `samples of ${bits} bits`);
  return bits;
}
