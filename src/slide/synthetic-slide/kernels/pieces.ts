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
  /** Size of the finest notches of the outline. */
  readonly finest: number;
  readonly seed: number;
}

/** Beyond this many half axes no outline reaches: the noise below adds at most 0.4 of `across`. */
const REACH = 1.5;

/**
 * About the distance in pixels from (x, y) to the outline, positive inside. Noise of every size from the piece's own down
 * to `finest` makes the outline ragged, as a coast is.
 */
export function getPieceField(piece: Piece, x: number, y: number): number {
  const dx = x - piece.x;
  const dy = y - piece.y;
  const u = (dx * piece.cos + dy * piece.sin) / piece.along;
  const v = (dy * piece.cos - dx * piece.sin) / piece.across - piece.bend * (u * u - 0.3);
  const q = Math.sqrt(u * u + v * v);
  let field = (1 - q) * piece.across;
  if (q > REACH) return field;
  const reach = 0.45 * piece.across;
  let octave = 0;
  for (let size = piece.across * 1.2; size > piece.finest && Math.abs(field) < reach; size /= 2.1) {
    field += 0.17 * size * noise2(piece.seed + octave, x / size, y / size);
    octave++;
  }
  return field;
}

/** A square of level-0 pixels, `x`, `y` its corner. */
export interface Square {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

/** The pieces that may reach into a square or come within `margin` of it. */
export function findPieces(pieces: readonly Piece[], square: Square, margin: number): Piece[] {
  const half = square.size / 2;
  return pieces.filter((piece) => {
    const reach = REACH * (1 + Math.abs(piece.bend)) * Math.max(piece.along, piece.across);
    return Math.hypot(piece.x - square.x - half, piece.y - square.y - half) < reach + 1.5 * half + margin;
  });
}

/** Signed distance to the nearest outline in pixels, about; positive in tissue. */
export function getTissue(pieces: readonly Piece[], x: number, y: number): number {
  let field = -1e6;
  for (const piece of pieces) field = Math.max(field, getPieceField(piece, x, y));
  return field;
}
