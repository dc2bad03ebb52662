import type { Scene } from '../scene.ts';
import {
  clamp01,
  findPieces,
  getFat,
  getFibre,
  getFold,
  getLooseness,
  getNest,
  getPen,
  getTint,
  getTissue,
  getTumour,
} from './fields.ts';

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
const OUTSIDE = -40;
/** Keeps texture coordinates positive: a multiple of every texture's size. */
const TEXTURE_OFFSET = 1 << 20;

/** Computes the fields of the tile whose corner is (x0, y0). */
export function fillLattice(lattice: Lattice, scene: Scene, x0: number, y0: number): void {
  const { side } = lattice;
  const half = ((side - 1) * LATTICE_STEP) / 2;
  const pieces = findPieces(scene, x0 + half, y0 + half, 1.5 * half + 64);
  const fibre = new Float64Array(2);
  lattice.hasTissue = false;
  lattice.hasFat = false;
  lattice.hasPen = false;
  lattice.hasFold = false;
  for (let row = 0; row < side; row++) {
    for (let col = 0; col < side; col++) {
      const i = row * side + col;
      const x = x0 + col * LATTICE_STEP;
      const y = y0 + row * LATTICE_STEP;
      lattice.pen[i] = getPen(scene, x, y);
      if (lattice.pen[i]! > 0) lattice.hasPen = true;
      const tissue = getTissue(scene, pieces, x, y);
      lattice.tissue[i] = tissue;
      if (tissue > OUTSIDE) fillPoint(lattice, scene, i, x, y, fibre);
    }
  }
}

function fillPoint(lattice: Lattice, scene: Scene, i: number, x: number, y: number, fibre: Float64Array): void {
  lattice.hasTissue = true;
  getFibre(scene, x, y, fibre);
  // Texels of the fibre texture: 0.5 micron across the fibres, 1.25 along them.
  lattice.across[i] = fibre[0]! * 2 + TEXTURE_OFFSET;
  lattice.along[i] = fibre[1]! * 0.8 + TEXTURE_OFFSET;
  const nest = getNest(scene, getTumour(scene, x, y), x, y);
  lattice.nest[i] = nest;
  const inward = clamp01((lattice.tissue[i]! - 20) / 40);
  lattice.fat[i] = getFat(scene, x, y) - 2 * clamp01(nest + 1) - 2 * (1 - inward);
  if (lattice.fat[i]! > 0) lattice.hasFat = true;
  lattice.tint[i] = getTint(scene, fibre, x, y);
  // Stroma closes up to a nest.
  lattice.loose[i] = getLooseness(scene, fibre, x, y) * clamp01(-0.5 * nest);
  lattice.fold[i] = getFold(scene, x, y);
  if (lattice.fold[i]! > 0) lattice.hasFold = true;
}
