import { type HuffmanTable, type JpegScan, type ScanWalker, walkJpegScan } from './walk-jpeg-scan.ts';
import type { Kernels } from './wasm-kernels.ts';

/** `walkJpegScan` with the kernels, some six times as fast: the same results. Lays out memory that lasts: call it before any mark. */
export function createScanWalker(kernels: Kernels): ScanWalker {
  const job = kernels.allocate(kernels.scanWalkBytes());
  const places = kernels.allocate(4 * MOST_BLOCKS);
  const pairs = createPairs(kernels);
  let prepared: JpegScan | undefined;

  /** Tables of the scan, which the tiles of a level share. */
  function prepare(scan: JpegScan): void {
    if (prepared === scan) return;
    prepared = undefined;
    const addresses = Array.from({ length: scan.blocks.length >> 1 }, (_, i) => {
      const [dc, ac] = scan.blocks.subarray(2 * i, 2 * i + 2);
      return pairs.get(scan.tables[dc!]!, scan.tables[ac!]!);
    });
    new Uint32Array(kernels.memory.buffer, places, addresses.length).set(addresses);
    prepared = scan;
  }

  return (bytes, start, scan) => {
    const blocks = scan.blocks.length >> 1;
    if (blocks > MOST_BLOCKS) return walkJpegScan(bytes, start, scan);
    const mark = kernels.mark();
    try {
      prepare(scan);
      // Headers may promise more than there is.
      const length = Math.max(0, bytes.length - start);
      const source = kernels.allocate(length);
      const window = kernels.allocate(kernels.scanWindowBytes(length));
      kernels.bytes(source, length).set(bytes.subarray(start));
      const words = [source, source + length, window, scan.mcus, scan.restartInterval, blocks, places];
      new Uint32Array(kernels.memory.buffer, job, words.length).set(words);
      const end = kernels.walkScan(job);
      return end < 0 ? end : start + end;
    } catch (error) {
      // More than the memory may grow by; the answer must not depend on that.
      if (!(error instanceof RangeError)) throw error;
      return walkJpegScan(bytes, start, scan);
    } finally {
      kernels.release(mark);
    }
  };
}

/** Of an interleaved scan (T.81, B.2.3). */
const MOST_BLOCKS = 10;
/** Pairs that are kept: a scan has at most 4 components. */
const SLOTS = 4;

interface Slot {
  readonly address: number;
  tables: readonly [HuffmanTable, HuffmanTable] | undefined;
  used: number;
}

/** Pairs of tables as the kernel reads them, built where they are not there yet. */
function createPairs(kernels: Kernels): { get(dc: HuffmanTable, ac: HuffmanTable): number } {
  const slots = Array.from({ length: SLOTS }, (): Slot => {
    return { address: kernels.allocate(kernels.scanPairBytes()), tables: undefined, used: 0 };
  });
  let tick = 0;

  function build(dc: HuffmanTable, ac: HuffmanTable): Slot {
    const slot = slots.reduce((oldest, one) => (one.used < oldest.used ? one : oldest));
    slot.tables = undefined;
    const mark = kernels.mark();
    try {
      const scratch = kernels.allocate(kernels.scanPairBytes());
      const specs = [dc, ac].map(({ counts, symbols }) => {
        const address = kernels.allocate(counts.length + symbols.length);
        kernels.bytes(address, counts.length).set(counts);
        kernels.bytes(address + counts.length, symbols.length).set(symbols);
        return address;
      });
      kernels.buildScanPair(specs[0]!, specs[1]!, slot.address, scratch);
    } finally {
      kernels.release(mark);
    }
    slot.tables = [dc, ac];
    return slot;
  }

  return {
    get(dc, ac) {
      const found = slots.find(({ tables }) => tables && isSame(tables[0], dc) && isSame(tables[1], ac));
      const slot = found ?? build(dc, ac);
      slot.used = ++tick;
      return slot.address;
    },
  };
}

function isSame(a: HuffmanTable, b: HuffmanTable): boolean {
  return a === b || (isEqual(a.counts, b.counts) && isEqual(a.symbols, b.symbols));
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
