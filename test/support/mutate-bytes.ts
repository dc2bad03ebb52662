import type { SeededRandom } from './seeded-random.ts';

/** Chance of damage to the part where sizes and counts stand. */
const TO_HEAD = 0.8;

/** A damaged copy: bits turned over, bytes changed, taken out or put in, numbers of all ones, or the end cut off. */
export function mutateBytes(
  base: Uint8Array,
  random: SeededRandom,
  { from, to }: { readonly from: number; readonly to: number },
): Uint8Array {
  let bytes = Buffer.from(base);
  const end = base.length - 1;
  const last = random.uniform() < TO_HEAD ? Math.min(to, end) : end;
  for (let left = random.integer(1, 4); left > 0; left--) {
    const at = Math.min(random.integer(Math.min(from, last), last), bytes.length - 1);
    if (at < 0) break;
    const noise = Buffer.from(Array.from({ length: random.integer(1, 12) }, () => random.integer(0, 255)));
    const before = bytes.subarray(0, at);
    const kind = random.integer(0, 7);
    if (kind <= 2) bytes[at] = (bytes[at] ?? 0) ^ (1 << random.integer(0, 7));
    else if (kind === 3) bytes[at] = random.integer(0, 255);
    else if (kind === 4) bytes.fill(0xff, at, Math.min(at + 4, bytes.length));
    else if (kind === 5) bytes = Buffer.concat([before, bytes.subarray(at + noise.length)]);
    else if (kind === 6) bytes = Buffer.concat([before, noise, bytes.subarray(at)]);
    else if (random.uniform() < 0.3) bytes = Buffer.from(before);
  }
  return new Uint8Array(bytes);
}
