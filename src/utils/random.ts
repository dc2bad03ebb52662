/**
 * Repeatable random numbers in [0, 1), 32 bits each: the same seed gives the same numbers on every machine. Not for secrets.
 * Generator: splitmix32 (Steele, Lea & Flood 2014, with the 32-bit finaliser of MurmurHash3). `seed` is an integer.
 */
export function createRandom(seed: number): () => number {
  let walk = seed >>> 0;
  return () => {
    walk = (walk + 0x9e3779b9) >>> 0;
    let word = walk;
    word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
    return ((word ^ (word >>> 16)) >>> 0) / 4294967296;
  };
}
