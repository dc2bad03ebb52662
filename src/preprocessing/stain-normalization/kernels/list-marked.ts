/** Positions of all bytes that are not 0. */
export function listMarked(mask: Uint8Array): Uint32Array {
  let count = 0;
  for (let i = 0; i < mask.length; i++) if (mask[i] !== 0) count++;
  const found = new Uint32Array(count);
  for (let i = 0, at = 0; i < mask.length; i++) if (mask[i] !== 0) found[at++] = i;
  return found;
}
