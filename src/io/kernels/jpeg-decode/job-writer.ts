import type { Kernels } from '../wasm-kernels.ts';
import type { JpegHeader } from './header.ts';
import { createHuffmanCache } from './huffman-cache.ts';
import type { JpegOutput } from './output.ts';

/** Words of a job, in the order of assembly/jpeg-decode-job.ts. */
const FIELD = { scale: 5, crop: 8, out: 12, source: 14, scratch: 16, tables: 17, mean: 26 } as const;

/** Addresses of one decode. */
export interface JobPlaces {
  readonly out: number;
  readonly pitch: number;
  readonly source: number;
  readonly end: number;
}

/** The job of a decoder, in the kernels' memory. Takes views of all memory once, and anew where it has grown. */
export interface JobWriter {
  readonly address: number;
  copy(bytes: Uint8Array, address: number): void;
  /** Tables and sizes. Tiles of a level share theirs: nothing is done where they are there already. @throws CodecError */
  writeHeader(header: JpegHeader): void;
  /** What differs from tile to tile. */
  writePlaces(output: JpegOutput, places: JobPlaces): void;
  /** Comes last, as the size of the scratch depends on the rest. */
  writeScratch(address: number): void;
}

/** Allocates what outlives a decode. */
export function createJobWriter(kernels: Kernels): JobWriter {
  const { memory } = kernels;
  const address = kernels.allocate(kernels.jpegJobBytes());
  const quantisation = kernels.allocate(3 * 128);
  const huffman = createHuffmanCache(kernels);
  const first = address >> 2;
  let bytes = new Uint8Array(memory.buffer);
  let words = new Uint32Array(memory.buffer);
  let written: JpegHeader | undefined;

  function refreshViews(): void {
    if (bytes.buffer === memory.buffer) return;
    bytes = new Uint8Array(memory.buffer);
    words = new Uint32Array(memory.buffer);
  }

  return {
    address,
    copy(from, to) {
      refreshViews();
      bytes.set(from, to);
    },
    writeHeader(header) {
      if (written === header) return;
      written = undefined;
      refreshViews();
      const { width, height, components, across, down, colour, restartInterval } = header;
      words.set([width, height, components, across, down, 0, colour === 'ycbcr' ? 1 : 0, restartInterval], first);
      for (const [i, { quantisation: steps, dc, ac }] of header.tables.entries()) {
        const place = quantisation + 128 * i;
        new Uint16Array(memory.buffer, place, 64).set(steps);
        words.set([place, huffman.get(0, dc), huffman.get(1, ac)], first + FIELD.tables + 3 * i);
      }
      written = header;
    },
    writePlaces({ scale, mean, crop }, { out, pitch, source, end }) {
      refreshViews();
      // A crop of means is the whole image, in decoded pixels.
      const each = mean ? 2 : 1;
      words[first + FIELD.scale] = Math.log2(scale);
      words[first + FIELD.mean] = mean ? 1 : 0;
      words[first + FIELD.crop] = crop.x;
      words[first + FIELD.crop + 1] = crop.y;
      words[first + FIELD.crop + 2] = crop.width * each;
      words[first + FIELD.crop + 3] = crop.height * each;
      words[first + FIELD.out] = out;
      words[first + FIELD.out + 1] = pitch;
      words[first + FIELD.source] = source;
      words[first + FIELD.source + 1] = end;
    },
    writeScratch(scratch) {
      refreshViews();
      words[first + FIELD.scratch] = scratch;
    },
  };
}
