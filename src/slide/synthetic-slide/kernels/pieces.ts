import { noise2 } from './noise.ts';

/** A piece of tissue: a bent ellipse with a ragged outline. Pixels; `cos`, `sin` turn its long axis. */
export interface Piece {
  readonly x: number;
  readonly y: number;
  /** Half axes. */
  readonly along: number;
  readonly across: number;
  readonly cos: number;
  readonly sin: number;
  /** How far the ends are drawn to one side, in units of `across`. */
  readonly bend: number;
  readonly seed: number;
}

/** Beyond this many half axes no outline reaches: the noise below adds at most 0.4 of `across`. */
const REACH = 1.5;
/** Size of the finest notches of the outline in microns. */
const FINEST = 25;

/**
 * About the distance in pixels from (x, y) to the outline, positive inside. Noise of every size from the piece's own down
 * to `FINEST` makes the outline ragged, as a coast is.
 */
export function getPieceField(piece: Piece, x: number, y: number, pxPerMicron: number): number {
  const dx = x - piece.x;
  const dy = y - piece.y;
  const u = (dx * piece.cos + dy * piece.sin) / piece.along;
  const v = (dy * piece.cos - dx * piece.sin) / piece.across - piece.bend * (u * u - 0.3);
  const q = Math.sqrt(u * u + v * v);
  let field = (1 - q) * piece.across;
  if (q > REACH) return field;
  const reach = 0.45 * piece.across;
  let octave = 0;
  for (let size = piece.across * 1.2; size > FINEST * pxPerMicron && Math.abs(field) < reach; size /= 2.1) {
    field += 0.17 * size * noise2(piece.seed + octave, x / size, y / size);
    octave++;
  }
  return field;
}

/** Whether the piece may reach into a circle. */
export function isPieceNear(piece: Piece, x: number, y: number, radius: number): boolean {
  const reach = REACH * (1 + Math.abs(piece.bend)) * Math.max(piece.along, piece.across);
  return Math.hypot(piece.x - x, piece.y - y) < reach + radius;
}
