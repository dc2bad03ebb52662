import { createRaster, type Raster } from '../../../io/raster.ts';
import { UnsupportedFormatError } from '../../../utils/errors.ts';
import { blitRaster } from '../../blit.ts';
import { joinKeys } from './find-image.ts';
import { getOmeAttributes, readMultiscale } from './multiscales.ts';
import { type ImageOptions, openZarrImage } from './open-image.ts';
import type { ZarrNodes } from './zarr-nodes.ts';

/** The whole picture of a group, for those that are small; opened when it is asked for. @throws UnsupportedFormatError */
export async function readAssociatedImage(path: string, nodes: ZarrNodes, options: ImageOptions): Promise<Raster> {
  const name = joinKeys(nodes.store.name, path);
  const node = await nodes.read(path);
  if (!node) throw new UnsupportedFormatError(name, 'the image is missing');
  const ome = getOmeAttributes(node);
  const image = { path, ome, multiscale: readMultiscale(ome, name), xml: undefined };
  const { maxTileBytes } = options.settings;
  // Plane and windows were chosen for the slide.
  const own = { ...options, z: 0, t: 0, settings: { maxTileBytes, window: undefined } };
  const [level] = (await openZarrImage(image, nodes, own)).levels;
  const { width, height, tileWidth, tileHeight, columns, rows } = level;
  if (width * height * 3 > maxTileBytes)
    throw new UnsupportedFormatError(name, `an associated image of ${width} x ${height} pixels is too large`);
  const raster = createRaster(width, height);
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < columns; col++) {
      const tile = await level.decodeTile(col, row);
      if (tile) blitRaster(tile, raster, { x: col * tileWidth, y: row * tileHeight });
    }
  }
  return raster;
}
