import { createTexture } from './noise.ts';

/** Amounts of stain in one tile, `size` x `size`, row by row; (x, y) is the tile's corner on level 0. */
export interface Planes {
  readonly size: number;
  x: number;
  y: number;
  readonly haematoxylin: Float32Array;
  readonly eosin: Float32Array;
  readonly textures: Textures;
}

export function createPlanes(size: number, seed: number): Planes {
  const plane = () => new Float32Array(size * size);
  return { size, x: 0, y: 0, haematoxylin: plane(), eosin: plane(), textures: createTextures(seed) };
}

/** Side of the textures; a power of two. */
export const TEXTURE_SIDE = 512;
export const TEXTURE_MASK = TEXTURE_SIDE - 1;
export const TEXTURE_SHIFT = 9;

/** Repeating noise of the finest details, each value in 0 to 1. What samples it bends it, so that no repeat is seen. */
export interface Textures {
  /** Fibres along y. */
  readonly fibre: Float32Array;
  /** Spots of a few pixels: cytoplasm. */
  readonly grain: Float32Array;
  /** Clumps: chromatin. */
  readonly clump: Float32Array;
}

function createTextures(seed: number): Textures {
  return {
    fibre: createTexture(seed + 1, TEXTURE_SIDE, [
      { x: 16, y: 32, weight: 0.9 },
      { x: 8, y: 32, weight: 1 },
      { x: 4, y: 16, weight: 0.55 },
    ]),
    grain: createTexture(seed + 2, TEXTURE_SIDE, [
      { x: 16, y: 16, weight: 0.6 },
      { x: 8, y: 8, weight: 0.8 },
      { x: 2, y: 2, weight: 0.7 },
    ]),
    clump: createTexture(seed + 3, TEXTURE_SIDE, [
      { x: 8, y: 8, weight: 0.6 },
      { x: 4, y: 4, weight: 1 },
      { x: 2, y: 2, weight: 0.4 },
    ]),
  };
}
