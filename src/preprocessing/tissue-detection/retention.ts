import type { Raster } from '../../io/raster.ts';
import type { ColorConverter } from './color-converter.ts';

/** What the naive mode keeps, and how it comes by its pictures. */
export interface Retention {
  readonly kept: Uint8Array[];
  /** The picture once more: decoded again, and kept as well. */
  readonly read: () => Promise<Raster>;
}

/**
 * The naive way, of programs that release neither matrices nor thumbnails: each method has a picture of its own (3 bytes a pixel) and
 * its planes (grey 1, HSV 3), and all of them stay.
 */
export function createRetention(readPicture: () => Promise<Raster>): Retention {
  const kept: Uint8Array[] = [];
  const read = async () => {
    const raster = await readPicture();
    kept.push(raster.data);
    return raster;
  };
  return { kept, read };
}

/** Converts as `colors` does, and keeps a copy of each plane. */
export function retainPlanes(colors: ColorConverter, { kept }: Retention): ColorConverter {
  const retain =
    (convert: ColorConverter['computeGrey']): ColorConverter['computeGrey'] =>
    (rgb, out) => {
      const plane = convert(rgb, out);
      kept.push(plane.slice());
      return plane;
    };
  return {
    computeGrey: retain(colors.computeGrey),
    computeSaturation: retain(colors.computeSaturation),
    computeHsv: retain(colors.computeHsv),
  };
}
