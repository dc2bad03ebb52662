import { clamp01 } from './fields.ts';
import { LATTICE_STEP, type Lattice } from './lattice.ts';
import { type Planes, TEXTURE_MASK, TEXTURE_SHIFT } from './planes.ts';

/** Haematoxylin of stroma and of the cytoplasm of a tumour; eosin of that cytoplasm. */
const STROMA_H = 0.05;
const TUMOUR_H = 0.22;
const TUMOUR_E = 0.5;
/** Where the outline is farther off, in pixels, not even a frayed fibre reaches. */
const OUTSIDE = -12;

/** `LATTICE_STEP` pixels of one row between two columns of the lattice: for each field its first value and its step. */
interface Run {
  readonly first: Float64Array;
  readonly step: Float64Array;
}

/** Stroma and tumour cytoplasm, without cells: overwrites both planes, 0 on glass. */
export function paintGround(planes: Planes, lattice: Lattice): void {
  const cols = planes.size / LATTICE_STEP;
  const fields = [lattice.tissue, lattice.across, lattice.along, lattice.nest, lattice.tint, lattice.loose];
  const run = { first: new Float64Array(fields.length), step: new Float64Array(fields.length) };
  for (let row = 0; row < planes.size; row++) {
    const wy = (row % LATTICE_STEP) / LATTICE_STEP;
    for (let col = 0; col < cols; col++) {
      const at = ((row / LATTICE_STEP) | 0) * lattice.side + col;
      const out = row * planes.size + col * LATTICE_STEP;
      for (let f = 0; f < fields.length; f++) {
        const field = fields[f]!;
        const first = field[at]! + (field[at + lattice.side]! - field[at]!) * wy;
        const last = field[at + 1]! + (field[at + lattice.side + 1]! - field[at + 1]!) * wy;
        run.first[f] = first;
        run.step[f] = (last - first) / LATTICE_STEP;
      }
      const tissue = run.first[0]!;
      if (tissue > OUTSIDE || tissue + LATTICE_STEP * run.step[0]! > OUTSIDE) {
        paintRun(planes, run, out);
      } else {
        planes.haematoxylin.fill(0, out, out + LATTICE_STEP);
        planes.eosin.fill(0, out, out + LATTICE_STEP);
      }
    }
  }
}

function paintRun(planes: Planes, run: Run, out: number): void {
  const { textures, haematoxylin, eosin, size } = planes;
  const { first, step } = run;
  let tissue = first[0]!;
  let across = first[1]!;
  let along = first[2]!;
  let nest = first[3]!;
  let tint = first[4]!;
  let loose = first[5]!;
  const grainRow = ((planes.y + ((out / size) | 0)) & TEXTURE_MASK) << TEXTURE_SHIFT;
  const x = planes.x + (out % size);
  for (let i = 0; i < LATTICE_STEP; i++) {
    const fibre = textures.fibre[((along & TEXTURE_MASK) << TEXTURE_SHIFT) | (across & TEXTURE_MASK)]!;
    const grain = textures.grain[grainRow | ((x + i) & TEXTURE_MASK)]!;
    // The outline frays with the fibres.
    const inside = clamp01((tissue + 9 * (fibre - 0.45)) * 0.45);
    const strand = clamp01((fibre - loose) * 7);
    const stromaE = tint * strand * (0.5 + 0.56 * fibre) * (0.82 + 0.36 * grain) + 0.04;
    const rough = clamp01(nest * 1.5 + (grain - 0.5) * 0.8);
    const tumourE = TUMOUR_E * (0.72 + 0.5 * grain);
    const tumourH = TUMOUR_H * (0.7 + 0.6 * grain);
    eosin[out + i] = inside * (stromaE + rough * (tumourE - stromaE));
    haematoxylin[out + i] = inside * (STROMA_H * (0.4 + strand) + rough * (tumourH - STROMA_H));
    tissue += step[0]!;
    across += step[1]!;
    along += step[2]!;
    nest += step[3]!;
    tint += step[4]!;
    loose += step[5]!;
  }
}
