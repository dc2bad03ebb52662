import factory from '@cornerstonejs/codec-openjpeg/decodewasmjs';
import { CodecError } from '../../utils/errors.ts';
import { createEmscriptenThread, type EmscriptenInstance, release } from './emscripten.ts';

/** The one door to OpenJPEG in WebAssembly. One instance a thread is kept and used again: making it takes milliseconds. */
const thread = createEmscriptenThread({
  factory,
  wasm: '@cornerstonejs/codec-openjpeg/decodewasm',
  isModule: (module): module is OpenJpegModule =>
    typeof module === 'object' && module !== null && 'J2KDecoder' in module && typeof module.J2KDecoder === 'function',
});

interface OpenJpegModule {
  readonly J2KDecoder: new () => OpenJpegDecoder;
}

interface OpenJpegDecoder {
  getEncodedBuffer(length: number): Uint8Array;
  decode(): void;
  getDecodedBuffer(): Uint8ClampedArray<ArrayBuffer>;
  getFrameInfo(): { width: number; height: number; bitsPerSample: number; componentCount: number };
  delete(): void;
}

/** What the decoded picture must be; anything else is an error. */
export interface ExpectedSamples {
  readonly width: number;
  readonly height: number;
  readonly samples: number;
  /** Up to 16; more than 8 take two bytes, little endian. */
  readonly bitsPerSample: number;
}

/** Room for the library itself, the stream, and what describes its parts. */
const BASE_BYTES = 64 * 2 ** 20;
/** A sample takes 4 bytes as a coefficient, 4 as a pixel, and its bytes in the result. */
const BYTES_PER_SAMPLE = 12;

/**
 * Warnings after which the pixels are whole: the tile-parts have been checked before, and unknown segments are allowed.
 * Any other says that packets were lost or a step was skipped, after which the library fills in.
 */
const HARMLESS = /Stream does not end with EOC|TPsot==TNsot|Unknown marker/;

/**
 * Interleaved samples of a codestream whose header and tile-parts have been checked. The library converts subsampled Y, Cb, Cr
 * to RGB, and nothing else.
 * @throws CodecError where it fails, warns, runs out of memory, or gives another picture
 */
export async function decodeWithOpenjpeg(codestream: Uint8Array, expected: ExpectedSamples): Promise<Uint8Array> {
  const { width, height, samples } = expected;
  const maxBytes = BASE_BYTES + 2 * codestream.length + width * height * samples * BYTES_PER_SAMPLE;
  return thread.run(maxBytes, (instance) => decodeNow(instance, codestream, expected));
}

function decodeNow(
  { module, messages }: EmscriptenInstance<OpenJpegModule>,
  codestream: Uint8Array,
  expected: ExpectedSamples,
): Uint8Array {
  // A decoder of its own: where a decode fails, a used one would hand out the pixels of the tile before.
  const decoder = new module.J2KDecoder();
  let data: Uint8ClampedArray<ArrayBuffer>;
  let info: ReturnType<OpenJpegDecoder['getFrameInfo']>;
  try {
    decoder.getEncodedBuffer(codestream.length).set(codestream);
    decoder.decode();
    info = decoder.getFrameInfo();
    data = decoder.getDecodedBuffer();
  } catch (cause) {
    const why = listTroubles(messages) ?? 'the decoder broke down, or had too little memory';
    throw new CodecError('jpeg2000', why, { cause });
  } finally {
    release(decoder);
  }
  const troubles = listTroubles(messages);
  if (troubles) throw new CodecError('jpeg2000', troubles);
  const { width, height, samples, bitsPerSample } = expected;
  const bytes = width * height * samples * (bitsPerSample > 8 ? 2 : 1);
  const same = info.width === width && info.height === height && info.componentCount === samples;
  if (!same || info.bitsPerSample !== bitsPerSample || data.length !== bytes) {
    const found = `${info.width} x ${info.height} with ${info.componentCount} samples of ${info.bitsPerSample} bits`;
    throw new CodecError('jpeg2000', `decoded as ${found}`);
  }
  return new Uint8Array(data.buffer, data.byteOffset, data.length);
}

function listTroubles(messages: readonly string[]): string | undefined {
  const bad = messages.filter((line) => /\[(ERROR|WARNING)\]|Aborted/.test(line) && !HARMLESS.test(line));
  const texts = bad.map((line) => line.replace(/.*\[(ERROR|WARNING)\]/, '').trim()).filter((text) => text !== '');
  // The wrapper's own last line says no more than that it failed.
  return texts.find((text) => !text.startsWith('opj_decompress')) ?? texts[0];
}
