import { drawCells } from './kernels/cells.ts';
import { compose, createStainTable, GLASS, paintFold, paintPen } from './kernels/compose.ts';
import { findDust, paintSpeck } from './kernels/dust.ts';
import { paintFat } from './kernels/fat.ts';
import { drawGlandNuclei, findGlands, paintGland } from './kernels/glands.ts';
import { paintGround } from './kernels/ground.ts';
import { hash2 } from './kernels/hash.ts';
import { createLattice, fillLattice } from './kernels/lattice.ts';
import { createPlanes } from './kernels/planes.ts';
import type { ResolvedSceneOptions } from './options.ts';
import type { Scene } from './scene.ts';

/** Draws level-0 tiles, each alone: a pixel depends on the seed, its place, and (sensor noise) its place in the tile. */
export interface TileRenderer {
  /** Interleaved RGB of a tile of bare glass. */
  readonly glass: Uint8ClampedArray;
  /**
   * Draws tile (`col`, `row`) into `rgb`. False, and `rgb` untouched, where the tile is bare glass.
   */
  render(col: number, row: number, rgb: Uint8ClampedArray): boolean;
}

export function createTileRenderer(scene: Scene, options: ResolvedSceneOptions & { tileSize: number }): TileRenderer {
  const { tileSize } = options;
  const lattice = createLattice(tileSize);
  const planes = createPlanes(tileSize, scene.seed);
  const stains = {
    haematoxylin: createStainTable(options.haematoxylin, options.haematoxylinStrength),
    eosin: createStainTable(options.eosin, options.eosinStrength),
    noise: createNoise(scene.seed, tileSize),
  };
  const glass = createGlass(stains.noise);

  const paintTissue = (rgb: Uint8ClampedArray) => {
    paintGround(planes, lattice);
    if (lattice.hasFat) paintFat(planes, lattice, scene);
    const glands = findGlands(scene, planes);
    for (const gland of glands) paintGland(planes, gland);
    drawCells(planes, scene, glands);
    for (const gland of glands) drawGlandNuclei(planes, gland);
    if (lattice.hasFold) paintFold(planes, lattice);
    compose(planes, stains, rgb);
  };

  return {
    glass,
    render(col, row, rgb) {
      planes.x = col * tileSize;
      planes.y = row * tileSize;
      fillLattice(lattice, scene, planes);
      const specks = findDust(scene, planes);
      if (!lattice.hasTissue && !lattice.hasPen && specks.length === 0) return false;
      if (lattice.hasTissue) paintTissue(rgb);
      else rgb.set(glass);
      for (const speck of specks) paintSpeck(rgb, planes, speck);
      if (lattice.hasPen && scene.pen) paintPen(rgb, lattice, scene.pen.ink);
      return true;
    },
  };
}

/** Noise of the sensor, one grey level up or down: the same in every tile, so that tiles of bare glass are equal. */
function createNoise(seed: number, tileSize: number): Int8Array {
  return Int8Array.from({ length: tileSize * tileSize }, (_, i) => {
    const hash = hash2(seed + 900, i % tileSize, Math.floor(i / tileSize));
    return hash < 0x40000000 ? -1 : hash > 0xc0000000 ? 1 : 0;
  });
}

function createGlass(noise: Int8Array): Uint8ClampedArray {
  return Uint8ClampedArray.from({ length: noise.length * 3 }, (_, i) => {
    return (GLASS[i % 3] ?? 255) + (noise[Math.floor(i / 3)] ?? 0);
  });
}
