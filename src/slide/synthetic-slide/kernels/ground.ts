import { LATTICE_STEP, type Lattice } from './lattice.ts';
import { type Planes, TEXTURE_MASK, TEXTURE_SHIFT, type Textures } from './planes.ts';

/** Haematoxylin of stroma and of the cytoplasm of a tumour; eosin of that cytoplasm. */
const STROMA_H = 0.05;
const TUMOUR_H = 0.22;
const TUMOUR_E = 0.5;

/** Stroma and tumour cytoplasm, without cells: overwrites both planes, 0 on glass. */
export function paintGround(planes: Planes, lattice: Lattice, textures: Textures): void {
  const cells = planes.size / LATTICE_STEP;
  for (let row = 0; row < planes.size; row++) {
    const latticeRow = ((row / LATTICE_STEP) | 0) * lattice.side;
    const wy = (row % LATTICE_STEP) / LATTICE_STEP;
    for (let col = 0; col < cells; col++) {
      paintRun(planes, lattice, textures, row, latticeRow + col, wy, col * LATTICE_STEP);
    }
  }
}

/** `LATTICE_STEP` pixels of one row, between four points of the lattice. */
function paintRun(
  planes: Planes,
  lattice: Lattice,
  textures: Textures,
  row: number,
  at: number,
  wy: number,
  col: number,
): void {
  const { haematoxylin, eosin } = planes;
  const below = at + lattice.side;
  const out = row * planes.size + col;
  let tissue = mix(lattice.tissue[at]!, lattice.tissue[below]!, wy);
  const tissueEnd = mix(lattice.tissue[at + 1]!, lattice.tissue[below + 1]!, wy);
  if (tissue < -12 && tissueEnd < -12) {
    haematoxylin.fill(0, out, out + LATTICE_STEP);
    eosin.fill(0, out, out + LATTICE_STEP);
    return;
  }
  let across = mix(lattice.across[at]!, lattice.across[below]!, wy);
  let along = mix(lattice.along[at]!, lattice.along[below]!, wy);
  let nest = mix(lattice.nest[at]!, lattice.nest[below]!, wy);
  let tint = mix(lattice.tint[at]!, lattice.tint[below]!, wy);
  let loose = mix(lattice.loose[at]!, lattice.loose[below]!, wy);
  const dTissue = (tissueEnd - tissue) / LATTICE_STEP;
  const dAcross = (mix(lattice.across[at + 1]!, lattice.across[below + 1]!, wy) - across) / LATTICE_STEP;
  const dAlong = (mix(lattice.along[at + 1]!, lattice.along[below + 1]!, wy) - along) / LATTICE_STEP;
  const dNest = (mix(lattice.nest[at + 1]!, lattice.nest[below + 1]!, wy) - nest) / LATTICE_STEP;
  const dTint = (mix(lattice.tint[at + 1]!, lattice.tint[below + 1]!, wy) - tint) / LATTICE_STEP;
  const dLoose = (mix(lattice.loose[at + 1]!, lattice.loose[below + 1]!, wy) - loose) / LATTICE_STEP;
  const grainRow = ((planes.y + row) & TEXTURE_MASK) << TEXTURE_SHIFT;
  for (let i = 0; i < LATTICE_STEP; i++) {
    const fibre = textures.fibre[((along & TEXTURE_MASK) << TEXTURE_SHIFT) | (across & TEXTURE_MASK)]!;
    const grain = textures.grain[grainRow | ((planes.x + col + i) & TEXTURE_MASK)]!;
    // The outline frays with the fibres.
    const inside = clamp((tissue + 9 * (fibre - 0.45)) * 0.45);
    const strand = clamp((fibre - loose) * 7);
    const stromaE = tint * strand * (0.5 + 0.56 * fibre) * (0.82 + 0.36 * grain) + 0.04;
    const rough = clamp(nest * 1.5 + (grain - 0.5) * 0.8);
    const tumourE = TUMOUR_E * (0.72 + 0.5 * grain);
    const tumourH = TUMOUR_H * (0.7 + 0.6 * grain);
    eosin[out + i] = inside * (stromaE + rough * (tumourE - stromaE));
    haematoxylin[out + i] = inside * (STROMA_H * (0.4 + strand) + rough * (tumourH - STROMA_H));
    tissue += dTissue;
    across += dAcross;
    along += dAlong;
    nest += dNest;
    tint += dTint;
    loose += dLoose;
  }
}

function mix(a: number, b: number, weight: number): number {
  return a + (b - a) * weight;
}

function clamp(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}
