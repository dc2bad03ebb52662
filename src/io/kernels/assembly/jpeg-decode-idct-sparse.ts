import { FACTORS, LEVEL_ROUND2, ROUND1, SPARSE_FACTORS, storeHalf } from './jpeg-decode-idct-factors';
import { add, dot, down, high32, high64, low32, low64, sub, term } from './jpeg-decode-lanes';

/** Rows (x, 0) or (0, x) of a pair, columns 0, 2, 1 and 3, dequantised. */
@inline
function corner(block: usize, quant: usize, pair: usize): v128 {
  return v128.shuffle<i32>(term(block, quant, 2 * pair), term(block, quant, 2 * pair + 1), 0, 2, 4, 7);
}

/**
 * A block whose coefficients lie in the first four rows and columns: half the terms, and half the first pass. The arithmetic
 * is that of `inverseDct8` with zeros left out.
 */
export function inverseSparse(block: usize, quant: usize, out: usize, pitch: usize): void {
  const odd0 = v128.load(SPARSE_FACTORS, 64);
  const odd1 = v128.load(SPARSE_FACTORS, 80);
  const odd2 = v128.load(SPARSE_FACTORS, 96);
  const odd3 = v128.load(SPARSE_FACTORS, 112);
  const row0 = corner(block, quant, 0);
  const row2 = corner(block, quant, 1);
  const t0 = add(dot(row0, v128.load(FACTORS)), v128.load(ROUND1));
  const t2 = dot(row2, v128.load(FACTORS, 32));
  const t3 = dot(row2, v128.load(FACTORS, 48));
  const row13 = v128.or(corner(block, quant, 2), corner(block, quant, 3));
  const o0 = dot(row13, odd0);
  const o1 = dot(row13, odd1);
  const o2 = dot(row13, odd2);
  const o3 = dot(row13, odd3);
  const e0 = add(t0, t3);
  const e1 = add(t0, t2);
  const e2 = sub(t0, t2);
  const e3 = sub(t0, t3);
  // Rows x and x + 4 in one vector: columns 0 and 2, 1 and 3.
  const w04 = down(add(e0, o0), sub(e3, o3), 11);
  const w15 = down(add(e1, o1), sub(e2, o2), 11);
  const w26 = down(add(e2, o2), sub(e1, o1), 11);
  const w37 = down(add(e3, o3), sub(e0, o0), 11);
  const a01 = low32(w04, w15);
  const a23 = low32(w26, w37);
  const a45 = high32(w04, w15);
  const a67 = high32(w26, w37);
  v128.store(block, low64(a01, a23));
  v128.store(block, high64(a01, a23), 16);
  v128.store(block, low64(a45, a67), 64);
  v128.store(block, high64(a45, a67), 80);
  secondPass(block, out, pitch, odd0, odd1, odd2, odd3);
}

@inline
function secondPass(block: usize, out: usize, pitch: usize, odd0: v128, odd1: v128, odd2: v128, odd3: v128): void {
  const even0 = v128.load(SPARSE_FACTORS);
  const even1 = v128.load(SPARSE_FACTORS, 16);
  const even2 = v128.load(SPARSE_FACTORS, 32);
  const even3 = v128.load(SPARSE_FACTORS, 48);
  const round = v128.load(LEVEL_ROUND2);
  const zero = i32x4.splat(0);
  for (const end = block + 128; block < end; block += 64) {
    const even = v128.load(block);
    const odd = v128.load(block, 16);
    v128.store(block, zero);
    v128.store(block, zero, 16);
    v128.store(block, zero, 32);
    v128.store(block, zero, 48);
    const e0 = add(dot(even, even0), round);
    const e1 = add(dot(even, even1), round);
    const e2 = add(dot(even, even2), round);
    const e3 = add(dot(even, even3), round);
    const o0 = dot(odd, odd0);
    const o1 = dot(odd, odd1);
    const o2 = dot(odd, odd2);
    const o3 = dot(odd, odd3);
    out = storeHalf(
      out, pitch,
      down(add(e0, o0), add(e1, o1), 18), down(add(e2, o2), add(e3, o3), 18),
      down(sub(e3, o3), sub(e2, o2), 18), down(sub(e1, o1), sub(e0, o0), 18),
    );
  }
}
