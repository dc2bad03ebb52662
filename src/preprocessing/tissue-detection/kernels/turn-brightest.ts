/** 255 minus the brightest of the three channels of each RGB pixel. */
export function turnBrightest(rgb: Uint8Array): Uint8Array {
  const out = new Uint8Array(rgb.length / 3);
  for (let i = 0, p = 0; i < out.length; i++, p += 3) out[i] = 255 - Math.max(rgb[p]!, rgb[p + 1]!, rgb[p + 2]!);
  return out;
}
