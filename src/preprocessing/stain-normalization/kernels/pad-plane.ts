/** A plane with `border` more pixels of `value` on each side. */
export function padPlane(plane: Uint8Array, width: number, border: number, value: number): Uint8Array {
  const wide = width + 2 * border;
  const height = plane.length / width;
  const out = new Uint8Array(wide * (height + 2 * border)).fill(value);
  for (let y = 0; y < height; y++) out.set(plane.subarray(y * width, (y + 1) * width), (y + border) * wide + border);
  return out;
}

/** What `padPlane` was given. */
export function cropPlane(padded: Uint8Array, width: number, border: number): Uint8Array {
  const wide = width + 2 * border;
  const height = padded.length / wide - 2 * border;
  const out = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = (y + border) * wide + border;
    out.set(padded.subarray(from, from + width), y * width);
  }
  return out;
}
