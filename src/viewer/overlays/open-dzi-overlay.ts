import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseXml } from '../../io/xml/parse-xml.ts';
import { findChild } from '../../io/xml/xml-node.ts';
import { AbortedError, TileError, UnsupportedFormatError } from '../../utils/errors.ts';
import { createDeepZoomGrid, type DeepZoomGrid, getTileBox } from '../deep-zoom.ts';
import { checkUnmoved } from '../slide-shelf.ts';
import { readHeatRecord } from './heat-record.ts';
import type { Overlay, OverlayTile } from './open-overlay.ts';

/** A descriptor is a few hundred bytes. */
const MAX_BYTES = 65_536;

/** A Deep Zoom picture of PNG tiles without overlap, as `heatmap --format dzi` writes it. @throws SourceError, UnsupportedFormatError */
export async function openDziOverlay(path: string): Promise<Overlay> {
  await checkUnmoved(path);
  const grid = await readGrid(path);
  const { legend, downsample } = await readHeatRecord(path.replace(/\.dzi$/i, '.png.record.json'));
  const folder = path.replace(/\.dzi$/i, '_files');
  return {
    ...{ grid, legend, labels: [], kind: 'colours' },
    downsample: downsample === undefined ? undefined : { x: downsample, y: downsample },
    async readTile(at, signal) {
      const level = grid.levels[at.level];
      const box = level && getTileBox(grid, level, at);
      if (!box) return undefined;
      if (signal.aborted) throw new AbortedError('nobody waits for the tile');
      const place = { slide: path, level: at.level, col: at.col, row: at.row };
      const file = join(folder, String(at.level), `${at.col}_${at.row}.png`);
      const tile = await readTile(file, grid.tileSize ** 2).catch((cause: unknown) => {
        throw new TileError(place, cause);
      });
      if (tile.width === box.width && tile.height === box.height) return tile;
      throw new TileError(place, new RangeError(`it has ${tile.width} x ${tile.height} pixels`));
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

async function readGrid(path: string): Promise<DeepZoomGrid> {
  const refuse = (reason: string): never => {
    throw new UnsupportedFormatError(path, `a Deep Zoom overlay ${reason}`);
  };
  if ((await stat(path)).size > MAX_BYTES) refuse('has a descriptor of some hundred bytes');
  const image = parseXml(await readFile(path, 'utf8'), path);
  const size = findChild(image, 'Size');
  const read = (node: typeof size, name: string) => Number(node?.attributes.get(name) ?? Number.NaN);
  const [width, height, tileSize] = [read(size, 'Width'), read(size, 'Height'), read(image, 'TileSize')];
  if (image.attributes.get('Format') !== 'png' || read(image, 'Overlap') !== 0) refuse('has PNG tiles without overlap');
  const whole = [width, height, tileSize].every((side) => Number.isInteger(side) && side > 0 && side < 2 ** 31);
  if (!whole) refuse('says its width, its height and the size of its tiles');
  const level = { width, height, tileWidth: tileSize, tileHeight: tileSize, downsample: { x: 1, y: 1 }, codec: 'png' };
  const grid = createDeepZoomGrid({ width, height, levels: [level] });
  return grid.tileSize === tileSize ? grid : refuse('has tiles of 128 to 1024 pixels');
}

/** @param limitInputPixels a file that says it has more is not decoded */
async function readTile(path: string, limitInputPixels: number): Promise<OverlayTile> {
  await checkUnmoved(path);
  const { sharp } = await import('../../io/codec/sharp.ts');
  const { data, info } = await sharp(path, { limitInputPixels })
    .ensureAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}
