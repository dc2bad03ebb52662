import type { Kernels } from '../wasm-kernels.ts';
import { checkFault } from './faults.ts';

/** Built tables of each class that are kept: those of several levels, or of slides whose tiles carry their own. */
const SLOTS = 8;
const EMPTY = new Uint8Array(0);

/** Huffman tables in the form that the kernel reads, built where they are not there yet. */
export interface HuffmanCache {
  /** Address of a DC (0) or AC (1) table; it stays good until 7 others of its class were asked for. */
  get(ac: 0 | 1, spec: Uint8Array): number;
}

interface Slot {
  readonly address: number;
  spec: Uint8Array;
  used: number;
}

export function createHuffmanCache(kernels: Kernels): HuffmanCache {
  const staging = kernels.allocate(16 + 256);
  const createSlots = (ac: number): Slot[] =>
    Array.from({ length: SLOTS }, () => {
      return { address: kernels.allocate(kernels.jpegTableBytes(ac)), spec: EMPTY, used: 0 };
    });
  const slots = [createSlots(0), createSlots(1)] as const;
  let tick = 0;

  function build(ac: 0 | 1, spec: Uint8Array): Slot {
    const slot = slots[ac].reduce((oldest, one) => (one.used < oldest.used ? one : oldest));
    slot.spec = EMPTY;
    kernels.bytes(staging, spec.length).set(spec);
    checkFault(kernels.buildJpegTable(staging, ac, slot.address));
    return slot;
  }

  return {
    get(ac, spec) {
      const own = slots[ac];
      const slot = own.find((one) => one.spec === spec) ?? own.find((one) => equals(one.spec, spec)) ?? build(ac, spec);
      // Found by identity next time, where the tiles share their tables.
      slot.spec = spec;
      slot.used = ++tick;
      return slot.address;
    },
  };
}

function equals(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
