// A window of a mask, one bit a pixel: pixel x of a row is bit `x & 31` of its word `x >> 5`.

// @ts-ignore: decorator
@inline
export function setBit(row: usize, x: i32): void {
  const at = row + <usize>((x >>> 5) << 2);
  store<i32>(at, load<i32>(at) | (1 << x));
}

// @ts-ignore: decorator
@inline
export function flipBit(row: usize, x: i32): void {
  const at = row + <usize>((x >>> 5) << 2);
  store<i32>(at, load<i32>(at) ^ (1 << x));
}
