/** Planes of equal length, one byte a sample, to pixels: the first of each plane, then the second of each, and so on. */
export function interleavePlanes(planes: readonly Uint8Array[]): Uint8Array {
  const samples = planes.length;
  const out = new Uint8Array(samples * (planes[0]?.length ?? 0));
  planes.forEach((plane, first) => {
    for (let from = 0, to = first; from < plane.length; from++, to += samples) out[to] = plane[from]!;
  });
  return out;
}
