import { OptionError } from '../../../utils/errors.ts';
import type { PixelBlock } from '../pixel-block.ts';
import type { Kernels } from '../wasm-kernels.ts';
import { crc32, createCrcTables, nativeCrc32 } from './crc32.ts';
import { type BitPlace, CODE_ENTRIES, COUNT_WORDS } from './deflate-block.ts';
import type { Crc } from './png-file.ts';
import { countSymbols, writeSymbols } from './twin.ts';

/** The two loops over pixels, in WebAssembly or in plain TypeScript. All buffers are laid out once. */
export interface PngEngine {
  /** Where the file goes. */
  getOutput(): Uint8Array;
  /** Tallies of every `every`-th row, and the table that `write` reads. */
  count(job: PngJob & { readonly every: number }): { counts: Uint32Array; codes: Uint32Array };
  /** Writes the symbols, the end of the block and the Adler-32 into the output. @returns where they end */
  write(job: PngJob, place: BitPlace): number;
  readonly crc: Crc;
}

export interface PngJob {
  readonly block: PixelBlock;
  /** As a PNG stores it. */
  readonly filter: number;
}

export interface PngLimits {
  readonly rowBytes: number;
  readonly outputBytes: number;
}

export function createTwinEngine({ rowBytes, outputBytes }: PngLimits): PngEngine {
  const counts = new Uint32Array(COUNT_WORDS);
  const codes = new Uint32Array(2 * CODE_ENTRIES);
  const row = new Uint8Array(rowBytes);
  const output = new Uint8Array(outputBytes);
  return {
    getOutput: () => output,
    count(job) {
      countSymbols({ ...job, row }, job.every, counts);
      return { counts, codes };
    },
    write: (job, place) => writeSymbols({ ...job, row }, codes, place),
    crc: createTwinCrc(output),
  };
}

function createTwinCrc(output: Uint8Array): Crc {
  const native = nativeCrc32;
  if (native) return (at, length) => native(output.subarray(at, at + length));
  const tables = createCrcTables();
  return (at, length) => crc32(tables, output.subarray(at, at + length));
}

export function createWasmEngine(kernels: Kernels, { rowBytes, outputBytes }: PngLimits): PngEngine {
  const counts = kernels.allocate(4 * COUNT_WORDS);
  const codes = kernels.allocate(8 * CODE_ENTRIES);
  // A row with its padding, a row of zeros, and the byte of the filter.
  const scratch = kernels.allocate(2 * rowBytes + 64);
  const output = kernels.allocate(outputBytes);
  const { memory } = kernels;
  return {
    getOutput: () => kernels.bytes(output, outputBytes),
    count({ block, filter, every }) {
      const { pitch, width, height, channels } = block;
      const from = locate(kernels, block.pixels);
      kernels.pngCount(from, pitch, width * channels, height, channels, filter, every, scratch, counts);
      return {
        counts: new Uint32Array(memory.buffer, counts, COUNT_WORDS),
        codes: new Uint32Array(memory.buffer, codes, 2 * CODE_ENTRIES),
      };
    },
    write({ block, filter }, { at, bits, bitCount }) {
      const { pitch, width, height, channels } = block;
      const from = locate(kernels, block.pixels);
      const row = width * channels;
      const to = output + at;
      const end = kernels.pngWrite(from, pitch, row, height, channels, filter, scratch, codes, to, bits, bitCount);
      return (end >>> 0) - output;
    },
    crc: createWasmCrc(kernels, output),
  };
}

function createWasmCrc(kernels: Kernels, output: number): Crc {
  const native = nativeCrc32;
  if (native) return (at, length) => native(kernels.bytes(output + at, length));
  const tables = createCrcTables();
  const address = kernels.allocate(tables.byteLength);
  new Uint32Array(kernels.memory.buffer, address, tables.length).set(tables);
  return (at, length) => kernels.pngCrc(output + at, length, address) >>> 0;
}

function locate(kernels: Kernels, pixels: Uint8Array): number {
  if (pixels.buffer === kernels.memory.buffer) return pixels.byteOffset;
  throw new OptionError('pixels', "a view of the kernels' own memory", pixels);
}
