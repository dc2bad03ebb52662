import { CodecError } from '../../../utils/errors.ts';
import type { Kernels } from '../wasm-kernels.ts';
import { checkFault } from './faults.ts';
import type { JpegHeader } from './header.ts';
import { createHuffmanCache } from './huffman-cache.ts';
import type { JpegOutput } from './output.ts';

/** Decodes with the kernel. Tables stay built in its memory for as long as tiles come with the same ones. */
export type WasmJpegDecode = (jpeg: Uint8Array, header: JpegHeader, output: JpegOutput) => void;

/** Allocates what outlives a call: call it before any `kernels.mark()` that will be released. */
export function createWasmJpegDecode(kernels: Kernels): WasmJpegDecode {
  const job = kernels.allocate(kernels.jpegJobBytes());
  const quantisation = kernels.allocate(3 * 128);
  const huffman = createHuffmanCache(kernels);
  /** The last steps written for each component; tiles of a level share theirs. */
  const written: (Uint16Array | undefined)[] = [];

  /** Words in the order of assembly/jpeg-decode-job.ts; the scratch's address comes last, as its size depends on the rest. */
  function writeJob(header: JpegHeader, { scale, crop }: JpegOutput, at: JobPlaces): void {
    const tables: number[] = [];
    for (const [i, component] of header.tables.entries()) {
      const steps = quantisation + 128 * i;
      if (written[i] !== component.quantisation) {
        new Uint16Array(kernels.memory.buffer, steps, 64).set(component.quantisation);
        written[i] = component.quantisation;
      }
      tables.push(steps, huffman.get(0, component.dc), huffman.get(1, component.ac));
    }
    const words = new Uint32Array(kernels.memory.buffer, job, SCRATCH_FIELD + 1 + tables.length);
    const { width, height, components, across, down, restartInterval } = header;
    const convert = header.colour === 'ycbcr' ? 1 : 0;
    words.set([width, height, components, across, down, Math.log2(scale), convert, restartInterval]);
    words.set([crop.x, crop.y, crop.width, crop.height, at.out, at.pitch, at.source, at.end], 8);
    words.set(tables, SCRATCH_FIELD + 1);
  }

  return function decode(jpeg, header, output) {
    const mark = kernels.mark();
    try {
      const own = kernels.memory.buffer;
      const direct = output.data.buffer === own;
      const length = jpeg.length - header.scan;
      const row = output.crop.width * (header.components === 3 ? 3 : 1);
      // Addresses first: what is allocated later may grow the memory, which empties views on it.
      let out = output.data.byteOffset;
      let source = jpeg.byteOffset + header.scan;
      if (jpeg.buffer !== own) {
        source = allocate(kernels, length);
        kernels.bytes(source, length).set(jpeg.subarray(header.scan));
      }
      if (!direct) out = allocate(kernels, row * output.crop.height);
      writeJob(header, output, { out, pitch: direct ? output.pitch : row, source, end: source + length });
      const scratch = allocate(kernels, kernels.jpegScratchBytes(job));
      new Uint32Array(kernels.memory.buffer, job, SCRATCH_FIELD + 1)[SCRATCH_FIELD] = scratch;
      checkFault(kernels.decodeJpeg(job));
      if (!direct) copyRows(kernels.bytes(out, row * output.crop.height), row, output);
    } finally {
      kernels.release(mark);
    }
  };
}

interface JobPlaces {
  readonly out: number;
  readonly pitch: number;
  readonly source: number;
  readonly end: number;
}

/** Words of a job before the scratch's address; the tables follow it. */
const SCRATCH_FIELD = 16;

function allocate(kernels: Kernels, bytes: number): number {
  try {
    return kernels.allocate(bytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new CodecError('jpeg', `decoding takes ${bytes} bytes more than the memory of the kernels may grow by`, {
      cause: error,
    });
  }
}

function copyRows(from: Uint8Array, row: number, { data, pitch, crop }: JpegOutput): void {
  if (pitch === row) data.set(from);
  else for (let y = 0; y < crop.height; y++) data.set(from.subarray(y * row, (y + 1) * row), y * pitch);
}
