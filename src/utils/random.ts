/** A walk through random numbers in [0, 1) whose place can be kept and taken up again. */
export interface RandomStream {
  next(): number;
  /** Seed of a stream that goes on where this one stands. */
  readonly state: number;
}

/**
 * Repeatable random numbers in [0, 1), 32 bits each: the same seed gives the same numbers on every machine. Not for secrets.
 * Generator: splitmix32 (Steele, Lea & Flood 2014, with the 32-bit finaliser of MurmurHash3). `seed` is an integer.
 */
export function createRandom(seed: number): () => number {
  return createRandomStream(seed).next;
}

/** As `createRandom`, with its place. */
export function createRandomStream(seed: number): RandomStream {
  let walk = seed >>> 0;
  return {
    next() {
      walk = (walk + STRIDE) >>> 0;
      return scramble(walk) / 4294967296;
    },
    get state() {
      return walk;
    },
  };
}

/** One seed, 0 to 2^32 - 1, of several integers in their order: of a run, an epoch and a sample. */
export function mixSeeds(...parts: readonly number[]): number {
  return parts.reduce((seed, part) => scramble((scramble(seed + STRIDE) + part) >>> 0), 0);
}

const STRIDE = 0x9e3779b9;

function scramble(value: number): number {
  let word = value;
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return (word ^ (word >>> 16)) >>> 0;
}
