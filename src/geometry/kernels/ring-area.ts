import type { Ring } from '../polygon.ts';

/**
 * Signed area: positive where the ring turns clockwise on screen (x right, y down). Coordinates are taken relative to the
 * first vertex, so that small rings far from the origin lose no digits.
 */
export function computeRingArea(ring: Ring): number {
  let twice = 0;
  for (let i = 2; i + 3 < ring.length; i += 2) {
    const ax = ring[i]! - ring[0]!;
    const ay = ring[i + 1]! - ring[1]!;
    const bx = ring[i + 2]! - ring[0]!;
    const by = ring[i + 3]! - ring[1]!;
    twice += ax * by - bx * ay;
  }
  return twice / 2;
}
