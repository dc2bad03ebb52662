import type { PixelBlock } from '../pixel-block.ts';
import type { CodingTables } from './coding-tables.ts';
import type { ScanPlace } from './scan-place.ts';
import { type BitSink, codeBlock, codeEmptyBlock, finishBits } from './twin-entropy.ts';
import { createSamples, fillSamples, readBlock, type Samples } from './twin-samples.ts';
import { transformBlock } from './twin-transform.ts';

/**
 * What assembly/jpeg-encode.ts does, in plain TypeScript and with the same bytes. It is the oracle in tests and the way where
 * WebAssembly has no SIMD.
 */
export interface TwinScratch {
  readonly samples: Samples;
  /** One block: samples, then coefficients row by row. */
  readonly work: Int32Array;
  /** Its coefficients in zigzag order. */
  readonly ordered: Int32Array;
}

export interface TwinJob {
  readonly block: PixelBlock;
  readonly tables: CodingTables;
  readonly scratch: TwinScratch;
  readonly output: Uint8Array;
}

export function createTwinScratch(width: number): TwinScratch {
  return { samples: createSamples(width), work: new Int32Array(64), ordered: new Int32Array(64) };
}

/** @returns where the scan ends in the output, or 0 where it does not fit before the limit */
export function writeScan(job: TwinJob, { subsampling, at, limit }: ScanPlace): number {
  const { block, scratch, output } = job;
  const { width, height, channels } = block;
  const sink: BitSink = { bytes: output, at, bits: 0, bitCount: 0 };
  const halved = channels === 3 && subsampling === '4:2:0';
  const mcuSize = halved ? 16 : 8;
  const before = [0, 0, 0];
  const code = (component: 0 | 1 | 2, column: number, row: number) => {
    const kind = component === 0 ? 0 : 1;
    readBlock(scratch.samples, component, { column, row, work: scratch.work });
    transformBlock(scratch.work, job.tables.steps[kind], scratch.ordered);
    codeBlock(sink, scratch.ordered, { before: before[component]!, dc: job.tables.dc[kind], ac: job.tables.ac[kind] });
    before[component] = scratch.ordered[0]!;
  };
  for (let top = 0; top < height; top += mcuSize) {
    fillSamples(scratch.samples, block, { top, halved });
    for (let mcu = 0; mcu * mcuSize < width; mcu++) {
      for (let i = 0; i < (halved ? 4 : 1); i++) {
        const column = halved ? 2 * mcu + (i & 1) : mcu;
        // Luma wholly outside the picture is not transformed: it repeats the DC before it.
        if (column * 8 < width && top + (i >> 1) * 8 < height) code(0, column, i >> 1);
        else codeEmptyBlock(sink, job.tables.dc[0], job.tables.ac[0]);
      }
      if (channels === 1) continue;
      code(1, mcu, 0);
      code(2, mcu, 0);
    }
    if (sink.at + 8 > limit) return 0;
  }
  return finishBits(sink);
}
