/** Whether no pixel of interleaved RGBA lets anything through. */
export function isOpaque(rgba: Uint8Array): boolean {
  for (let i = 3; i < rgba.length; i += 4) if (rgba[i]! !== 255) return false;
  return true;
}
