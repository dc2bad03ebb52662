import type { PlannedPatch } from './patch-plan.ts';

/** Numbers of a patch: index, x, y, tissue fraction. */
const FIELDS = 4;

/**
 * Patches of a plan, as numbers: 32 bytes each and no objects. Thousands of objects that outlive a few collections make V8
 * enlarge the space for new ones, and with it the process by some 10 MB.
 */
export class HeldPatches {
  #numbers = new Float64Array(256 * FIELDS);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add({ index, x, y, tissueFraction }: PlannedPatch): void {
    const at = this.#count * FIELDS;
    if (at === this.#numbers.length) {
      const larger = new Float64Array(2 * at);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[at] = index;
    this.#numbers[at + 1] = x;
    this.#numbers[at + 2] = y;
    this.#numbers[at + 3] = tissueFraction;
    this.#count++;
  }

  clear(): void {
    this.#count = 0;
  }

  /** The patches at these places, as objects. */
  list(places: Uint32Array): PlannedPatch[] {
    const patches: PlannedPatch[] = [];
    for (let i = 0; i < places.length; i++) {
      const place = places[i] ?? 0;
      const tissueFraction = this.#read(place, 3);
      patches.push({ index: this.getIndex(place), x: this.getX(place), y: this.getY(place), tissueFraction });
    }
    return patches;
  }

  getIndex(place: number): number {
    return this.#read(place, 0);
  }

  getX(place: number): number {
    return this.#read(place, 1);
  }

  getY(place: number): number {
    return this.#read(place, 2);
  }

  #read(place: number, field: number): number {
    return this.#numbers[place * FIELDS + field] ?? Number.NaN;
  }
}
