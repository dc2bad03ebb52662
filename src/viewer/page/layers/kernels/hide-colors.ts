/** Makes pixels of RGBA clear that have one of the colours. */
export function hideColors(rgba: Uint8ClampedArray, colors: readonly (readonly [number, number, number])[]): void {
  const hidden = new Set(colors.map(([red, green, blue]) => (red << 16) | (green << 8) | blue));
  for (let i = 0; i < rgba.length; i += 4)
    if (hidden.has((rgba[i]! << 16) | (rgba[i + 1]! << 8) | rgba[i + 2]!)) rgba[i + 3] = 0;
}
