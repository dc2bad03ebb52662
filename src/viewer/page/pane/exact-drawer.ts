import OpenSeadragon from 'openseadragon';
import { snapTile } from './snap-tile.ts';

/** What OpenSeadragon's drawer calls for each tile; its types leave it out. */
interface TileDrawer {
  _drawTile(tile: OpenSeadragon.Tile, image: OpenSeadragon.TiledImage, ...how: readonly unknown[]): void;
}

/** CSS pixels by which tiles of a turned slide lie over each other: edges that are not upright would let the ground through. */
const OVERLAP = 1;

/**
 * OpenSeadragon's canvas drawer makes each tile a pixel larger to hide seams, which blurs it. This one puts the edges of tiles on
 * pixels of the screen, and at 1:1 every pixel is one that was stored.
 */
export class ExactDrawer extends OpenSeadragon.CanvasDrawer {
  minimumOverlapRequired(): boolean {
    return false;
  }

  _drawTile(tile: OpenSeadragon.Tile, image: OpenSeadragon.TiledImage, ...how: readonly unknown[]): void {
    const { position, size } = tile;
    if (!position || !size) return;
    const turned = this.viewport.getRotation(true) % 90 !== 0;
    const box = { ...{ x: position.x, y: position.y }, width: size.x, height: size.y };
    const snapped = turned ? box : snapTile(box, devicePixelRatio);
    const more = turned ? OVERLAP : 0;
    tile.position = new OpenSeadragon.Point(snapped.x, snapped.y);
    tile.size = new OpenSeadragon.Point(snapped.width + more, snapped.height + more);
    (OpenSeadragon.CanvasDrawer.prototype as unknown as TileDrawer)._drawTile.call(this, tile, image, ...how);
    tile.position = position;
    tile.size = size;
  }
}
