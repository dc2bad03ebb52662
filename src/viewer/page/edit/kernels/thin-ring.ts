import type { Ring } from '../../../../geometry/polygon.ts';

/** The ring without vertices that lie within `step`, in both axes, of the last one that was kept. The first is always kept. */
export function thinRing(ring: Ring, step: number): Ring {
  const kept = new Float64Array(ring.length);
  let count = 0;
  for (let k = 0; k < ring.length; k += 2) {
    const near =
      count > 0 && Math.abs(ring[k]! - kept[count - 2]!) < step && Math.abs(ring[k + 1]! - kept[count - 1]!) < step;
    if (near) continue;
    kept[count++] = ring[k]!;
    kept[count++] = ring[k + 1]!;
  }
  return kept.subarray(0, count);
}
