import type { OmeFileReference, OmePixels } from './ome-model.ts';

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
  return createPlaneLocator(pixels, channels)(position);
}

/** `locatePlane` for many planes of an image: where each element starts is worked out once. */
export function createPlaneLocator(
  pixels: OmePixels,
  channels: number,
): (position: PlanePosition) => PlaneAddress | undefined {
  const { blocks } = pixels;
  const getIndex = createIndexer(pixels, channels);
  const starts = Float64Array.from(blocks, ({ firstC: c, firstZ: z, firstT: t }) => getIndex({ c, z, t }));
  // Elements without a count reach to where the next one starts.
  const ends = starts.map((start, index) => start + (blocks[index]?.planeCount ?? Number.POSITIVE_INFINITY));
  return (position) => {
    const wanted = getIndex(position);
    if (blocks.length === 0) return { ifd: wanted, file: undefined };
    let best = -1;
    let bestStart = -1;
    for (let index = 0; index < starts.length; index++) {
      const start = starts[index] ?? Number.NaN;
      if (start > bestStart && wanted >= start && wanted < (ends[index] ?? 0)) [best, bestStart] = [index, start];
    }
    const block = blocks[best];
    return block && { ifd: block.ifd + wanted - bestStart, file: block.file };
  };
}

/** The number of a plane, counted in the order of the dimensions. */
function createIndexer({ order, sizeZ, sizeT }: OmePixels, channels: number): (position: PlanePosition) => number {
  const sizes: Readonly<Record<string, number>> = { C: channels, Z: sizeZ, T: sizeT };
  const strides: Record<string, number> = {};
  let stride = 1;
  for (const axis of order) {
    strides[axis] = stride;
    stride *= sizes[axis] ?? 1;
  }
  const { C = 0, Z = 0, T = 0 } = strides;
  return ({ c, z, t }) => c * C + z * Z + t * T;
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
