/**
 * Whether two rows of `length` bytes are equal; never, where they are shorter than a vector. On glass most rows repeat the
 * one above, elsewhere the first vector tells. No byte outside the rows is read.
 */
export function isSameRow(a: usize, b: usize, length: i32): bool {
  const last = length - 16;
  if (last < 0) return false;
  for (let i = 0; i < last; i += 16) {
    if (differ(a + <usize>i, b + <usize>i)) return false;
  }
  return !differ(a + <usize>last, b + <usize>last);
}

// @ts-ignore: decorator
@inline
function differ(a: usize, b: usize): bool {
  return v128.any_true(v128.xor(v128.load(a), v128.load(b)));
}
