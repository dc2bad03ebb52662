import type { OmeBlock, OmeFileReference, OmePixels } from './ome-model.ts';

/** Position of a plane in an image; each from 0. */
export interface PlanePosition {
  readonly c: number;
  readonly z: number;
  readonly t: number;
}

/** Where a plane is stored; `file` is undefined for the file that holds the OME-XML. */
export interface PlaneAddress {
  readonly ifd: number;
  readonly file: OmeFileReference | undefined;
}

/**
 * The directory of a plane by the TiffData elements; planes of one element follow each other in the order of the dimensions.
 * Without any element all planes lie in the file in that order.
 * @param channels planes that a Z and T position has: SizeC / samples per pixel.
 * @returns undefined where no element holds the plane.
 */
export function locatePlane(pixels: OmePixels, channels: number, position: PlanePosition): PlaneAddress | undefined {
  const wanted = getPlaneIndex(pixels, channels, position);
  if (pixels.blocks.length === 0) return { ifd: wanted, file: undefined };
  let best: { start: number; block: OmeBlock } | undefined;
  for (const block of pixels.blocks) {
    const start = getPlaneIndex(pixels, channels, { c: block.firstC, z: block.firstZ, t: block.firstT });
    if (wanted < start || wanted >= start + (block.planeCount ?? Number.POSITIVE_INFINITY)) continue;
    // Elements without a count reach to where the next one starts.
    if (!best || start > best.start) best = { start, block };
  }
  return best && { ifd: best.block.ifd + wanted - best.start, file: best.block.file };
}

function getPlaneIndex({ order, sizeZ, sizeT }: OmePixels, channels: number, { c, z, t }: PlanePosition): number {
  const axes: Readonly<Record<string, { size: number; at: number }>> = {
    C: { size: channels, at: c },
    Z: { size: sizeZ, at: z },
    T: { size: sizeT, at: t },
  };
  let index = 0;
  let stride = 1;
  for (const axis of order) {
    const { size, at } = axes[axis] ?? { size: 1, at: 0 };
    index += at * stride;
    stride *= size;
  }
  return index;
}

/** Directories of the file with the OME-XML that no image claims, by index: what may be reduced copies in pages. */
export function listUnclaimedPages(
  images: readonly { readonly pixels: OmePixels; readonly channels: number }[],
  pages: number,
): number[] {
  // +1 where a claim starts and -1 behind its end: linear, however many claims overlap.
  const steps = new Float64Array(pages + 1);
  for (const { pixels, channels } of images) {
    const all = channels * pixels.sizeZ * pixels.sizeT;
    const blocks = pixels.blocks.length > 0 ? pixels.blocks : [{ ifd: 0, planeCount: all }];
    for (const { ifd, planeCount = all } of blocks) {
      const start = Math.min(ifd, pages);
      const end = Math.min(ifd + planeCount, pages);
      steps[start] = (steps[start] ?? 0) + 1;
      steps[end] = (steps[end] ?? 0) - 1;
    }
  }
  const free: number[] = [];
  let claims = 0;
  for (let page = 0; page < pages; page++) {
    claims += steps[page] ?? 0;
    if (claims === 0) free.push(page);
  }
  return free;
}
