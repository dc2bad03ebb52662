// Rows narrower than one block of 16 pixels go through a small buffer of the module, so that no kernel reads or writes
// past a row and none needs a second version for single pixels.

/** Pixels that a colour kernel takes at a time. */
export const BLOCK: i32 = 16;
export const STAGED_INPUT: usize = memory.data(48, 16);
export const STAGED_OUTPUT: usize = memory.data(48, 16);

/** Copies `bytes` (at most 48) of a narrow row in; what an earlier row left behind them does no harm. */
export function stageIn(from: usize, bytes: i32): void {
  for (let i = 0; i < bytes; i++) store<u8>(STAGED_INPUT + <usize>i, load<u8>(from + <usize>i));
}

export function stageOut(to: usize, bytes: i32): void {
  for (let i = 0; i < bytes; i++) store<u8>(to + <usize>i, load<u8>(STAGED_OUTPUT + <usize>i));
}
