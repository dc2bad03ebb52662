/**
 * Repeatable random numbers: the same seed gives the same numbers on every machine, in 32-bit integer arithmetic.
 *
 * Generator: sfc32, "small fast counting" (Chris Doty-Humphrey, PractRand), 128 bits of state, period at least 2^32 by its
 * counter. Seeding: splitmix32 (Steele, Lea, Flood 2014, with the 32-bit finaliser of MurmurHash3) fills the state, then
 * 12 rounds are dropped. A string seed is folded by FNV-1a. Not for secrets.
 */
export interface SeededRandom {
  /** [0, 1), 53 bits. */
  uniform(): number;
  /** An integer of [0, 2^32). */
  uint32(): number;
  /** An integer of [min, max], both included, without bias. The span is at most 2^32. */
  integer(min: number, max: number): number;
  /** Normal deviate, by Marsaglia's polar method. */
  gaussian(mean?: number, deviation?: number): number;
  /** Shuffles in place (Fisher-Yates) and returns the same array. */
  shuffle<T>(items: T[]): T[];
  /** An independent stream for a named part of the work; does not advance this one. */
  fork(label: string): SeededRandom;
}

const TWO_32 = 4294967296;

export function createSeededRandom(seed: number | string): SeededRandom {
  return new Sfc32Random(String(seed));
}

/**
 * Noise without state: one number of [0, 1) for each integer point of the plane, for procedural textures in any order and
 * any tile. `x`, `y` and `seed` are taken modulo 2^32. Mixing: multiply by odd constants, then the "lowbias32" finaliser
 * (Chris Wellons) after each axis, so that neighbours are unrelated.
 */
export function hashNoise(seed: number, x: number, y: number): number {
  const row = mix32(Math.imul(y, 0x9e3779b1) ^ mix32(seed + 0x68bc21eb));
  return mix32(Math.imul(x, 0x85ebca77) ^ row) / TWO_32;
}

class Sfc32Random implements SeededRandom {
  readonly #seed: string;
  readonly #state: Uint32Array;
  #spare: number | undefined;

  constructor(seed: string) {
    this.#seed = seed;
    this.#state = seedState(foldText(seed));
    for (let i = 0; i < 12; i++) this.uint32();
  }

  uint32(): number {
    const [a = 0, b = 0, c = 0, counter = 0] = this.#state;
    const result = (a + b + counter) >>> 0;
    this.#state[0] = b ^ (b >>> 9);
    this.#state[1] = c + (c << 3);
    this.#state[2] = ((c << 21) | (c >>> 11)) + result;
    this.#state[3] = counter + 1;
    return result;
  }

  uniform(): number {
    const high = this.uint32() >>> 5;
    return (high * 67108864 + (this.uint32() >>> 6)) / 9007199254740992;
  }

  integer(min: number, max: number): number {
    const span = max - min + 1;
    if (!(Number.isInteger(min) && Number.isInteger(max) && span >= 1 && span <= TWO_32))
      throw new RangeError(`expected integers with min <= max and a span of at most 2^32 but received ${min}, ${max}`);
    const limit = TWO_32 - (TWO_32 % span);
    let draw = this.uint32();
    while (draw >= limit) draw = this.uint32();
    return min + (draw % span);
  }

  gaussian(mean = 0, deviation = 1): number {
    const spare = this.#spare;
    this.#spare = undefined;
    if (spare !== undefined) return mean + deviation * spare;
    let u = 0;
    let v = 0;
    let s = 0;
    while (s === 0 || s >= 1) {
      u = this.uniform() * 2 - 1;
      v = this.uniform() * 2 - 1;
      s = u * u + v * v;
    }
    const scale = Math.sqrt((-2 * Math.log(s)) / s);
    this.#spare = v * scale;
    return mean + deviation * u * scale;
  }

  shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(0, i);
      const held = items[i] as T;
      items[i] = items[j] as T;
      items[j] = held;
    }
    return items;
  }

  fork(label: string): SeededRandom {
    return new Sfc32Random(`${this.#seed}/${label}`);
  }
}

/** Three words of splitmix32, and the counter at 1. */
function seedState(seed: number): Uint32Array {
  const state = new Uint32Array([0, 0, 0, 1]);
  let walk = seed;
  for (let i = 0; i < 3; i++) {
    walk = (walk + 0x9e3779b9) >>> 0;
    let word = walk;
    word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
    state[i] = word ^ (word >>> 16);
  }
  return state;
}

/** FNV-1a, 32 bits, over UTF-16 units. */
function foldText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

function mix32(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}
