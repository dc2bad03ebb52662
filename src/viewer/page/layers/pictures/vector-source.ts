import { createTileSource, type TileSource } from '../../pane/tile-source.ts';
import type { LayerClient } from '../worker/layer-client.ts';
import type { LayerFiles, LayerStyle } from '../worker/messages.ts';
import { createVectorGrid, getTileFrame } from './vector-grid.ts';

/** A layer of patches or polygons as a pyramid whose tiles the worker draws. */
export function createVectorSource(
  size: { readonly width: number; readonly height: number },
  client: LayerClient,
  { layer, files, style }: { layer: string; files: LayerFiles; style: LayerStyle },
): TileSource {
  const grid = createVectorGrid(size);
  return createTileSource(grid, `${layer} ${JSON.stringify(style)}`, (at, signal) =>
    client.ask({ ask: 'draw', layer, files, style, frame: getTileFrame(grid, at) }, signal),
  );
}
