import { type Planes, TEXTURE_MASK, TEXTURE_SHIFT } from './planes.ts';

/** One nucleus: an ellipse of half axes `a` (turned by `cos`, `sin`) and `b`. Level-0 pixels. */
export interface Nucleus {
  readonly x: number;
  readonly y: number;
  readonly a: number;
  readonly b: number;
  readonly cos: number;
  readonly sin: number;
  /** Haematoxylin: about 1 pale, 1.8 dark. */
  readonly amount: number;
  /** 0: evenly dark; 1: a pale middle and a dark membrane. */
  readonly vesicular: number;
  /** Extra haematoxylin of a nucleolus, 0 for none. */
  readonly nucleolus: number;
  readonly hash: number;
}

/** Eosin that is left where a nucleus lies, and how far around it the cytoplasm is paler. */
const NUCLEUS_E = 0.25;
const HALO = 1.25;

/** Draws one nucleus into the planes; what lies outside the tile is left out. */
export function drawNucleus(planes: Planes, nucleus: Nucleus): void {
  const { size, haematoxylin, eosin, textures } = planes;
  const { a, b, cos, sin } = nucleus;
  const reach = a * HALO + 1;
  const left = Math.max(0, Math.floor(nucleus.x - reach - planes.x));
  const right = Math.min(size - 1, Math.ceil(nucleus.x + reach - planes.x));
  const top = Math.max(0, Math.floor(nucleus.y - reach - planes.y));
  const bottom = Math.min(size - 1, Math.ceil(nucleus.y + reach - planes.y));
  const shiftX = nucleus.hash & TEXTURE_MASK;
  const shiftY = (nucleus.hash >>> 9) & TEXTURE_MASK;
  const spotP = (((nucleus.hash >>> 18) & 127) / 127 - 0.5) * a * 0.7;
  const spotQ = (((nucleus.hash >>> 25) & 127) / 127 - 0.5) * b * 0.7;
  const spotSize = 0.32 * b;
  for (let row = top; row <= bottom; row++) {
    const dy = planes.y + row - nucleus.y;
    const clumpRow = ((planes.y + row + shiftY) & TEXTURE_MASK) << TEXTURE_SHIFT;
    for (let col = left; col <= right; col++) {
      const dx = planes.x + col - nucleus.x;
      const p = dx * cos + dy * sin;
      const q = dy * cos - dx * sin;
      const distance = (p * p) / (a * a) + (q * q) / (b * b);
      if (distance > HALO * HALO) continue;
      const clump = textures.clump[clumpRow | ((planes.x + col + shiftX) & TEXTURE_MASK)]!;
      const d = Math.sqrt(distance) + (clump - 0.5) * 0.2;
      const i = row * size + col;
      if (d > 1) {
        eosin[i]! *= 1 - 0.5 * Math.max(0, HALO - d);
        if (d > 1 + 0.6 / b) continue;
      }
      const alpha = Math.min(1, (1 - d) * b * 0.8 + 0.5);
      let h = nucleus.amount * (0.66 + 0.6 * clump) * (1 - nucleus.vesicular * 0.6 * Math.max(0, 1 - d * d * 1.15));
      if (nucleus.nucleolus > 0) {
        const away = ((p - spotP) * (p - spotP) + (q - spotQ) * (q - spotQ)) / (spotSize * spotSize);
        if (away < 1) h += nucleus.nucleolus * (1 - away);
      }
      if (h > haematoxylin[i]!) haematoxylin[i]! += alpha * (h - haematoxylin[i]!);
      eosin[i]! += alpha * (NUCLEUS_E - eosin[i]!) * 0.85;
    }
  }
}
