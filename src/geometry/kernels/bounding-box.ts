import type { Box, Ring } from '../polygon.ts';

/** Smallest and largest coordinates; an empty ring gives a box that is infinitely empty (left > right). */
export function computeBoundingBox(ring: Ring): Box {
  let left = Infinity;
  let top = Infinity;
  let right = -Infinity;
  let bottom = -Infinity;
  for (let i = 0; i < ring.length; i += 2) {
    left = Math.min(left, ring[i]!);
    top = Math.min(top, ring[i + 1]!);
    right = Math.max(right, ring[i]!);
    bottom = Math.max(bottom, ring[i + 1]!);
  }
  return { left, top, right, bottom };
}
