import type { DeepZoomGrid } from './deep-zoom.ts';
import { IIIF_MAX_AREA, IIIF_MAX_SIDE } from './iiif-request.ts';
import type { Picture, PicturePart, TileAt } from './picture.ts';
import type { PictureFormat } from './render/picture-job.ts';

/** An image of IIIF: a slide, or a picture that lies over one. */
export interface IiifImage {
  /** Its address on this server, encoded. */
  readonly path: string;
  readonly version: string;
  readonly grid: DeepZoomGrid;
  /** Where JPEG does not show all of it. */
  readonly preferredFormats?: readonly PictureFormat['format'][];
  /** Undefined where there is no such tile, or none of the format. */
  getTile(at: TileAt, format: PictureFormat['format']): Picture | undefined;
  getRegion(part: PicturePart): Picture;
}

const FEATURES = ['regionByPct', 'sizeByPct', 'sizeByConfinedWh', 'sizeByWh', 'sizeUpscaling'] as const;

/** A region that is a tile of the Deep Zoom grid is that tile. */
export function choosePicture(image: IiifImage, part: PicturePart): Picture {
  const at = findTile(image.grid, part);
  return (at && image.getTile(at, part.format)) ?? image.getRegion(part);
}

/** `info.json`: IIIF Image API 3.0, 5. */
export function describeImage({ path, grid, preferredFormats }: IiifImage, origin: string) {
  const { width, height, tileSize, levels } = grid;
  return {
    '@context': 'http://iiif.io/api/image/3/context.json',
    id: `${origin}${path}`,
    type: 'ImageService3',
    protocol: 'http://iiif.io/api/image',
    profile: 'level1',
    ...{ width, height, maxWidth: IIIF_MAX_SIDE, maxHeight: IIIF_MAX_SIDE, maxArea: IIIF_MAX_AREA },
    sizes: levels
      .filter((level) => Math.max(level.width, level.height) <= 2 * tileSize && level.width * level.height > 1)
      .map((level) => ({ width: level.width, height: level.height })),
    tiles: [{ width: tileSize, height: tileSize, scaleFactors: levels.map((_, index) => 2 ** index) }],
    ...(preferredFormats && { preferredFormats }),
    extraFormats: ['png'],
    extraQualities: ['color'],
    extraFeatures: FEATURES,
  };
}

function findTile(grid: DeepZoomGrid, { region, size }: PicturePart): TileAt | undefined {
  const last = grid.levels.length - 1;
  const shrink = Math.round(Math.log2(region.width / size.width));
  const span = grid.tileSize * 2 ** shrink;
  const at = { level: last - shrink, col: region.x / span, row: region.y / span };
  if (at.level < 0 || at.level > last || !Number.isInteger(at.col) || !Number.isInteger(at.row)) return undefined;
  const whole =
    region.width === Math.min(span, grid.width - region.x) && region.height === Math.min(span, grid.height - region.y);
  const sized =
    size.width === Math.ceil(region.width / 2 ** shrink) && size.height === Math.ceil(region.height / 2 ** shrink);
  return whole && sized ? at : undefined;
}
