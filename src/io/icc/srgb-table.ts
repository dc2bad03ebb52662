import { sha256 } from '../../utils/hash.ts';
import type { SrgbConverter } from './convert-to-srgb.ts';

/** Entries of a colour table: one for each RGB colour of 8 bits. */
const COLOURS = 2 ** 24;
/** Reds of a slab: 2^21 colours at once. */
const SLAB = 32;

/**
 * sRGB of every colour, 3 bytes each, at (red * 65536 + green * 256 + blue) * 3; 48 MiB in shared memory, so that all
 * threads use one. Tables of fewer colours were tried, interpolated in tetrahedra: for Adobe RGB one of 33 levels an axis is
 * up to 23 grey levels off, one of 86 up to 10: where colours leave sRGB, and near black.
 */
export type ColorTable = Uint8Array<SharedArrayBuffer>;

/** Tables in use, and those being made, by the profile's hash: the slides of a cohort mostly come from one scanner. */
const kept = new Map<string, WeakRef<ColorTable>>();
const loading = new Map<string, Promise<ColorTable>>();

/**
 * Takes 0.4 s of one core for a profile of matrix and curves, 0.8 s for one with a table; once for a profile as long as any
 * slide uses it. @throws IccError
 */
export async function loadSrgbTable(converter: SrgbConverter, profile: Uint8Array): Promise<ColorTable> {
  const hash = sha256(profile);
  const found = findSrgbTable(hash);
  if (found) return found;
  const running = loading.get(hash) ?? computeTable(converter);
  loading.set(hash, running);
  try {
    const table = await running;
    keepSrgbTable(hash, table);
    return table;
  } finally {
    loading.delete(hash);
  }
}

/** The table of the profile with this SHA-256, if this thread has it. */
export function findSrgbTable(hash: string): ColorTable | undefined {
  return kept.get(hash)?.deref();
}

/** Makes a table that another thread computed known to this one, as long as the caller holds it. */
export function keepSrgbTable(hash: string, table: ColorTable): void {
  for (const [known, reference] of kept) if (!reference.deref()) kept.delete(known);
  kept.set(hash, new WeakRef(table));
}

async function computeTable(converter: SrgbConverter): Promise<ColorTable> {
  const table = new Uint8Array(new SharedArrayBuffer(COLOURS * 3));
  const slab = new Uint8Array(SLAB * 2 ** 16 * 3);
  for (let red = 0; red < 256; red += SLAB) {
    fillSlab(slab, red);
    table.set(await converter.convert(slab), red * 2 ** 16 * 3);
  }
  return table;
}

/** All colours of `SLAB` reds from `red` on, in the table's order. */
function fillSlab(slab: Uint8Array, red: number): void {
  let at = 0;
  for (let colour = red << 16; at < slab.length; colour++) {
    slab[at++] = colour >> 16;
    slab[at++] = (colour >> 8) & 255;
    slab[at++] = colour & 255;
  }
}
