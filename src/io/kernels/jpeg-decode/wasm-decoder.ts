import { CodecError } from '../../../utils/errors.ts';
import type { Kernels } from '../wasm-kernels.ts';
import { checkFault } from './faults.ts';
import type { JpegHeader } from './header.ts';
import { createJobWriter } from './job-writer.ts';
import type { JpegOutput } from './output.ts';

/** Decodes with the kernel. Tables stay built in its memory for as long as tiles come with the same ones. */
export type WasmJpegDecode = (jpeg: Uint8Array, header: JpegHeader, output: JpegOutput) => void;

/** Allocates what outlives a call: call it before any `kernels.mark()` that will be released. */
export function createWasmJpegDecode(kernels: Kernels): WasmJpegDecode {
  // Taken once: an object of many functions is slow to look them up in.
  const { memory, jpegScratchBytes, decodeJpeg } = kernels;
  const job = createJobWriter(kernels);

  return function decode(jpeg, header, output) {
    const mark = kernels.mark();
    try {
      const direct = output.data.buffer === memory.buffer;
      const { length } = jpeg;
      const row = output.crop.width * (header.components === 3 ? 3 : 1);
      // Addresses first: what is allocated later may grow the memory, which empties views on it.
      let out = output.data.byteOffset;
      let start = jpeg.byteOffset;
      if (jpeg.buffer !== memory.buffer) {
        start = allocate(kernels, length);
        job.copy(jpeg, start);
      }
      if (!direct) out = allocate(kernels, row * output.crop.height);
      job.writeHeader(header);
      const pitch = direct ? output.pitch : row;
      job.writePlaces(output, { out, pitch, source: start + header.scan, end: start + length });
      job.writeScratch(allocate(kernels, jpegScratchBytes(job.address)));
      checkFault(decodeJpeg(job.address));
      if (!direct) copyRows(kernels.bytes(out, row * output.crop.height), row, output);
    } finally {
      kernels.release(mark);
    }
  };
}

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
