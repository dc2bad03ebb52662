import { createHash } from 'node:crypto';

/**
 * Names that a dry run has given away: 8 bytes a name in a table that is at most half full, so 16 to 32 MB for a million.
 * Two names in 10^13 are taken for the same.
 */
export class ClaimedNames {
  #table = new Float64Array(1024);
  #count = 0;

  has(name: string): boolean {
    return this.#table[this.#find(toNumber(name))] !== 0;
  }

  add(name: string): void {
    if (2 * this.#count >= this.#table.length) this.#grow();
    const number = toNumber(name);
    const at = this.#find(number);
    if (this.#table[at] !== 0) return;
    this.#table[at] = number;
    this.#count++;
  }

  /** Where the number is, or the free place that it would get. */
  #find(number: number): number {
    const table = this.#table;
    let at = number % table.length;
    while (table[at] !== 0 && table[at] !== number) at = (at + 1) % table.length;
    return at;
  }

  #grow(): void {
    const old = this.#table;
    this.#table = new Float64Array(old.length * 2);
    for (const number of old) if (number !== 0) this.#table[this.#find(number)] = number;
  }
}

/** 48 bits of SHA-256 and a one, so that it is never 0. */
function toNumber(name: string): number {
  return 1 + createHash('sha256').update(name).digest().readUIntBE(0, 6);
}
