/**
 * Repeatable random numbers: the same seed gives the same numbers on every machine, in 32-bit integer arithmetic.
 *
 * Generator: sfc32, "small fast counting" (Chris Doty-Humphrey, PractRand), 128 bits of state, period at least 2^32 by its
 * counter. Seeding: splitmix32 (Steele, Lea, Flood 2014, with the 32-bit finaliser of MurmurHash3) fills the state, then
 * 12 rounds are dropped. A string seed is folded by FNV-1a. For tests whose failures must come back.
 */
export interface SeededRandom {
  /** [0, 1), 53 bits. */
  uniform(): number;
  /** An integer of [min, max], both included, without bias. The span is at most 2^32. */
  integer(min: number, max: number): number;
}

const TWO_32 = 4294967296;

export function createSeededRandom(seed: number | string): SeededRandom {
  return new Sfc32Random(String(seed));
}

class Sfc32Random implements SeededRandom {
  readonly #state: Uint32Array;

  constructor(seed: string) {
    this.#state = seedState(foldText(seed));
    for (let i = 0; i < 12; i++) this.#draw();
  }

  #draw(): number {
    const [a = 0, b = 0, c = 0, counter = 0] = this.#state;
    const result = (a + b + counter) >>> 0;
    this.#state[0] = b ^ (b >>> 9);
    this.#state[1] = c + (c << 3);
    this.#state[2] = ((c << 21) | (c >>> 11)) + result;
    this.#state[3] = counter + 1;
    return result;
  }

  uniform(): number {
    const high = this.#draw() >>> 5;
    return (high * 67108864 + (this.#draw() >>> 6)) / 9007199254740992;
  }

  integer(min: number, max: number): number {
    const span = max - min + 1;
    if (!(Number.isInteger(min) && Number.isInteger(max) && span >= 1 && span <= TWO_32))
      throw new RangeError(`expected integers with min <= max and a span of at most 2^32 but received ${min}, ${max}`);
    const limit = TWO_32 - (TWO_32 % span);
    let draw = this.#draw();
    while (draw >= limit) draw = this.#draw();
    return min + (draw % span);
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
