import { OptionError } from '../../../utils/errors.ts';
import type { PixelBlock } from '../pixel-block.ts';
import type { Kernels } from '../wasm-kernels.ts';
import { type CodingTables, KERNEL_TABLE_BYTES, writeKernelTables } from './coding-tables.ts';
import type { ScanPlace } from './scan-place.ts';
import { createTwinScratch, writeScan } from './twin.ts';

/** The loop over pixels, in WebAssembly or in plain TypeScript. All buffers are laid out once. */
export interface JpegEngine {
  /** Where the file goes. */
  getOutput(): Uint8Array;
  /** Writes the scan into the output from `at` on. @returns where it ends, or 0 where it does not fit before `limit` */
  write(block: PixelBlock, place: ScanPlace): number;
}

export interface JpegLimits {
  /** Pixels of the widest block. */
  readonly width: number;
  readonly outputBytes: number;
}

/** Of the kernel: for each group of 16 pixels a row; see assembly/jpeg-encode.ts. */
const SCRATCH_BYTES = 512;
const CODED_BYTES = 6 * 216;

export function createTwinEngine(tables: CodingTables, { width, outputBytes }: JpegLimits): JpegEngine {
  const output = new Uint8Array(outputBytes);
  const scratch = createTwinScratch(width);
  return {
    getOutput: () => output,
    write: (block, place) => writeScan({ block, tables, scratch, output }, place),
  };
}

export function createWasmEngine(kernels: Kernels, coding: CodingTables, limits: JpegLimits): JpegEngine {
  const groups = Math.ceil(limits.width / 16);
  const tables = kernels.allocate(KERNEL_TABLE_BYTES);
  const scratch = kernels.allocate(groups * SCRATCH_BYTES + 64);
  const coded = kernels.allocate(groups * CODED_BYTES + 64);
  const output = kernels.allocate(limits.outputBytes);
  writeKernelTables(coding, kernels.memory.buffer, tables);
  return {
    getOutput: () => kernels.bytes(output, limits.outputBytes),
    write({ pixels, pitch, width, height, channels }, { subsampling, at, limit }) {
      if (pixels.buffer !== kernels.memory.buffer)
        throw new OptionError('pixels', "a view of the kernels' own memory", pixels);
      const mode = channels === 1 ? 1 : subsampling === '4:2:0' ? 2 : 3;
      const [from, out] = [pixels.byteOffset, output + at];
      const end = kernels.jpegWrite(from, pitch, width, height, mode, tables, scratch, coded, out, output + limit);
      return end === 0 ? 0 : (end >>> 0) - output;
    },
  };
}
