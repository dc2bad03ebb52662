import { thinRings } from '../kernels/thin-rings.ts';
import { drawPatchTile } from '../patches/draw-patch-tile.ts';
import { findPatchesAt } from '../patches/find-patches.ts';
import { planPolygonTile, tracePolygons } from '../polygons/draw-polygon-tile.ts';
import { computePolygonArea, findPolygonsAt, listRings } from '../polygons/find-polygons.ts';
import type { PolygonIndex } from '../polygons/polygon-index.ts';
import type { PolygonStyle } from '../polygons/polygon-style.ts';
import type { TileFrame } from '../tile-frame.ts';
import type { LoadedLayer, LoadedPatches } from './load-layer.ts';
import type { Answers, ItemOutline, Question } from './messages.ts';

/** A polygon that is marked is drawn in so many steps across. */
const MARK_STEPS = 1000;

/** What the page asked of a layer. */
export async function answerQuestion(layer: LoadedLayer, question: Question): Promise<Answers[Question['ask']]> {
  switch (question.ask) {
    case 'load':
      if (layer.kind === 'patches' && question.column !== null) await layer.getColumn(question.column);
      return layer.kind === 'patches' ? layer.count : layer.table.classes.length;
    case 'draw':
      return drawTile(layer, question);
    case 'find':
      return findItems(layer, question);
    case 'outline':
      return getOutline(layer, question.item);
    case 'rank':
      return layer.kind === 'patches' ? listRanked(layer, question) : [];
    case 'place':
      return layer.kind === 'patches' && question.column !== null
        ? (await layer.getRanked(question.column, question.order)).indexOf(question.item)
        : question.item;
  }
}

async function drawTile(
  layer: LoadedLayer,
  { frame, style }: Extract<Question, { ask: 'draw' }>,
): Promise<ImageBitmap | null> {
  if (layer.kind === 'polygons') return style.kind === 'polygons' ? drawPolygons(layer, frame, style) : null;
  if (style.kind !== 'patches') return null;
  const values = style.column === null ? null : await layer.getColumn(style.column);
  const rgba = drawPatchTile(layer, frame, { style, values });
  return rgba && createImageBitmap(new ImageData(rgba, frame.size));
}

function drawPolygons(index: PolygonIndex, frame: TileFrame, style: PolygonStyle): ImageBitmap | null {
  const { dots, traced } = planPolygonTile(index, frame, style);
  const canvas = new OffscreenCanvas(frame.size, frame.size);
  const context = canvas.getContext('2d');
  if (context === null || (dots === null && traced.length === 0)) return null;
  if (dots !== null) context.putImageData(new ImageData(dots, frame.size), 0, 0);
  tracePolygons(context, index, { frame, style, traced });
  return canvas.transferToImageBitmap();
}

function findItems(layer: LoadedLayer, { x, y, hidden }: Extract<Question, { ask: 'find' }>): number[] {
  if (layer.kind === 'patches') return findPatchesAt(layer, x, y);
  return findPolygonsAt(layer, x, y).filter((polygon) => !hidden.includes(layer.table.classes[polygon] ?? 0));
}

function getOutline(layer: LoadedLayer, item: number): ItemOutline {
  const [left = 0, top = 0, right = 0, bottom = 0] = layer.grid.boxes.subarray(4 * item, 4 * item + 4);
  const box = { left, top, right, bottom };
  if (layer.kind === 'patches') {
    const ring = Float32Array.of(left, top, right, top, right, bottom, left, bottom);
    return { box, rings: [ring], class: 0, area: (right - left) * (bottom - top) };
  }
  const tolerance = Math.max(right - left, bottom - top) / MARK_STEPS;
  const rings = listRings(layer.table, item).map((points) => {
    const firstPoints = Uint32Array.of(0, points.length / 2);
    return thinRings({ firstPoints, points }, tolerance).points;
  });
  return { box, rings, class: layer.table.classes[item] ?? 0, area: computePolygonArea(layer.table, item) };
}

async function listRanked(
  layer: LoadedPatches,
  { column, order, from, count }: Extract<Question, { ask: 'rank' }>,
): Promise<Answers['rank']> {
  const end = Math.min(layer.count, from + count);
  if (column === null)
    return Array.from({ length: Math.max(0, end - from) }, (_, i) => ({ item: from + i, value: Number.NaN }));
  const values = await layer.getColumn(column);
  const ranked = await layer.getRanked(column, order);
  return Array.from(ranked.subarray(from, end), (item) => ({ item, value: values[item] ?? Number.NaN }));
}
