import type { Ring } from '../../geometry/polygon.ts';

/** The ring without vertices that repeat the one before them (the last before the first, too), and how many those were. */
export function dropRepeated(ring: Ring): { ring: Ring; dropped: number } {
  const kept = new Float64Array(ring.length);
  let length = 0;
  for (let k = 0; k < ring.length; k += 2) {
    const before = (k === 0 ? ring.length : k) - 2;
    if (ring[k] === ring[before] && ring[k + 1] === ring[before + 1] && ring.length > 2) continue;
    kept[length++] = ring[k] ?? 0;
    kept[length++] = ring[k + 1] ?? 0;
  }
  return { ring: length === ring.length ? ring : kept.slice(0, length), dropped: (ring.length - length) / 2 };
}

/** Level-0 pixels: what lies closer to a line lies on it. Coordinates near 1e5 are known to about 1e-11. */
const FLAT = 1e-9;

/** Whether all vertices lie on one line, so that there is nothing inside; also for fewer than three. */
export function isFlat(ring: Ring): boolean {
  if (ring.length < 6) return true;
  const [x0 = 0, y0 = 0] = ring;
  let [dx, dy, longest] = [0, 0, 0];
  for (let k = 2; k < ring.length; k += 2) {
    const [x, y] = [(ring[k] ?? 0) - x0, (ring[k + 1] ?? 0) - y0];
    const length = Math.hypot(x, y);
    if (length > longest) [dx, dy, longest] = [x, y, length];
  }
  for (let k = 2; k < ring.length; k += 2)
    if (Math.abs(dx * ((ring[k + 1] ?? 0) - y0) - dy * ((ring[k] ?? 0) - x0)) > FLAT * longest) return false;
  return true;
}
