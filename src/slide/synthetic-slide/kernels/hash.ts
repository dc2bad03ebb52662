/**
 * Random numbers without state: each is a function of a seed and a place, so that any pixel can be drawn alone.
 * `hash2` is uniform over 32 bits; `nextHash` walks on from there where a place needs several numbers.
 */
export function hash2(seed: number, x: number, y: number): number {
  let h = seed ^ Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca77);
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}

export function nextHash(hash: number): number {
  return hash2(hash, 0x68bc21eb, 0x02e5be93);
}

/** A hash as a number in [0, 1). */
export function toUnit(hash: number): number {
  return hash / 4294967296;
}
