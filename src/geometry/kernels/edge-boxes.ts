import type { Ring } from '../polygon.ts';

/** left, top, right, bottom of each edge of the ring, in the ring's order. */
export function computeEdgeBoxes(ring: Ring): Float64Array {
  const boxes = new Float64Array(ring.length * 2);
  for (let i = 0; i < ring.length; i += 2) {
    const next = i + 2 === ring.length ? 0 : i + 2;
    boxes[i * 2] = Math.min(ring[i]!, ring[next]!);
    boxes[i * 2 + 1] = Math.min(ring[i + 1]!, ring[next + 1]!);
    boxes[i * 2 + 2] = Math.max(ring[i]!, ring[next]!);
    boxes[i * 2 + 3] = Math.max(ring[i + 1]!, ring[next + 1]!);
  }
  return boxes;
}
