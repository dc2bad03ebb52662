import type { BoxGrid } from '../../../../geometry/kernels/box-grid.ts';
import type { PolygonTable } from '../../../contract.ts';
import { indexBoxes } from '../box-index.ts';
import { findOutlineBoxes } from '../kernels/box-lists.ts';
import { type RingPoints, thinRings } from '../kernels/thin-rings.ts';

/** The polygons of a layer, ready to be drawn and found. */
export interface PolygonIndex {
  readonly table: PolygonTable;
  readonly grid: BoxGrid;
  /** The rings as a tile of this downsample needs them: no line is moved by more than half a pixel. */
  getRings(downsample: number): RingPoints;
}

/** Pixels of a tile by which a point may be off, in x and in y. */
const TOLERANCE = 0.5;
/** A thinned copy that saves less than this is not kept. */
const WORTH = 0.7;

/** Copies are made when a zoom is first drawn; they halve in size or so with each, and together are about as large as the table. */
export function createPolygonIndex(table: PolygonTable): PolygonIndex {
  const thinned = new Map<number, RingPoints>();
  const getRings = (downsample: number): RingPoints => {
    const known = thinned.get(downsample);
    if (known !== undefined) return known;
    const rings = thinRings(table, downsample * TOLERANCE);
    const chosen = rings.points.length > table.points.length * WORTH ? table : rings;
    thinned.set(downsample, chosen);
    return chosen;
  };
  return { table, grid: indexBoxes(findOutlineBoxes(table)), getRings };
}
