/** Sets `width` RGB pixels in each of `height` rows to one level. */
export function fillRect(
  bytes: Uint8Array,
  rect: { address: number; pitch: number; width: number; height: number },
  value: number,
): void {
  for (let row = 0; row < rect.height; row++) {
    const start = rect.address + row * rect.pitch;
    bytes.fill(value, start, start + rect.width * 3);
  }
}
