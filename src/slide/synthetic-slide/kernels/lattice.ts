import type { Scene } from '../scene.ts';
import {
  clamp01,
  type FibrePoint,
  getFat,
  getFold,
  getLooseness,
  getNest,
  getPen,
  getTint,
  setFibre,
} from './fields.ts';
import { findPieces, getTissue, type Square } from './pieces.ts';

/** Pixels between two points of the lattice on which the slow fields are computed; between them they are linear. */
export const LATTICE_STEP = 8;

/** Slow fields of one tile, on points `LATTICE_STEP` apart, `side` points a row; the first is the tile's corner. */
export interface Lattice {
  readonly side: number;
  readonly tissue: Float32Array;
  readonly across: Float32Array;
  readonly along: Float32Array;
  readonly nest: Float32Array;
  readonly fat: Float32Array;
  readonly tint: Float32Array;
  readonly loose: Float32Array;
  readonly fold: Float32Array;
  readonly pen: Float32Array;
  hasTissue: boolean;
  hasFat: boolean;
  hasPen: boolean;
  hasFold: boolean;
}

export function createLattice(tileSize: number): Lattice {
  const side = tileSize / LATTICE_STEP + 1;
  const plane = () => new Float32Array(side * side);
  return {
    side,
    tissue: plane(),
    across: plane(),
    along: plane(),
    nest: plane(),
    fat: plane(),
    tint: plane(),
    loose: plane(),
    fold: plane(),
    pen: plane(),
    hasTissue: false,
    hasFat: false,
    hasPen: false,
    hasFold: false,
  };
}

/** Where the outline is farther off than this, in pixels, no pixel between lattice points can be tissue. */
const OUTSIDE = -60;
/** Keeps texture coordinates positive: a multiple of every texture's size. */
const TEXTURE_OFFSET = 1 << 20;

/** Computes the fields of one tile. */
export function fillLattice(lattice: Lattice, scene: Scene, tile: Square): void {
  const { side } = lattice;
  const pieces = findPieces(scene.pieces, tile, 64);
  const point = { x: 0, y: 0, across: 0, along: 0 };
  lattice.hasTissue = false;
  lattice.hasFat = false;
  lattice.hasPen = false;
  lattice.hasFold = false;
  for (let i = 0; i < side * side; i++) {
    point.x = tile.x + (i % side) * LATTICE_STEP;
    point.y = tile.y + ((i / side) | 0) * LATTICE_STEP;
    const pen = getPen(scene, point.x, point.y);
    lattice.pen[i] = pen;
    if (pen > 0) lattice.hasPen = true;
    const tissue = getTissue(pieces, point.x, point.y);
    lattice.tissue[i] = tissue;
    lattice.fat[i] = 0;
    lattice.fold[i] = 0;
    if (tissue > OUTSIDE) {
      lattice.hasTissue = true;
      fillTissue(lattice, scene, { i, point, tissue });
    }
  }
}

function fillTissue(lattice: Lattice, scene: Scene, at: { i: number; point: FibrePoint; tissue: number }): void {
  const { i, point } = at;
  const { x, y } = point;
  setFibre(scene, point);
  // Texels of the fibre texture: 0.5 micron across the fibres, 1.25 along them.
  lattice.across[i] = point.across * 2 + TEXTURE_OFFSET;
  lattice.along[i] = point.along * 0.8 + TEXTURE_OFFSET;
  const nest = getNest(scene, x, y);
  lattice.nest[i] = nest;
  const inward = clamp01((at.tissue - 20) / 40);
  const fat = getFat(scene, x, y) - clamp01((nest + 3) / 3) - 2 * (1 - inward);
  lattice.fat[i] = fat;
  if (fat > 0) lattice.hasFat = true;
  lattice.tint[i] = getTint(scene, point);
  // Stroma closes up to a nest.
  lattice.loose[i] = getLooseness(scene, point) * clamp01(-0.5 * nest);
  const fold = getFold(scene, x, y);
  lattice.fold[i] = fold;
  if (fold > 0) lattice.hasFold = true;
}
