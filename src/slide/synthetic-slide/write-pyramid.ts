import type { JpegSplitter } from '../../io/tiff/writer/split-jpeg-tables.ts';
import type { StoredBlock, TiffWriterDirectory } from '../../io/tiff/writer/tiff-writer.ts';
import { AbortedError } from '../../utils/errors.ts';
import { reduceInto } from './kernels/reduce.ts';
import { LEVEL_FACTOR, type SyntheticLevel } from './levels.ts';
import type { ResolvedSlideOptions } from './options.ts';
import { createTileQueue, type Picture } from './tile-encoder.ts';
import type { TileRenderer } from './tile-renderer.ts';

export interface PyramidTarget {
  readonly level: SyntheticLevel;
  readonly directory: TiffWriterDirectory;
}

/**
 * Draws each level-0 tile once and makes every coarser tile from its sixteen children, depth first. Memory: one tile a
 * level, the few that are being encoded, and the coarsest level, which is returned (at most 2000 x 2000 pixels).
 * Tiles of bare glass are encoded once a level and share their bytes.
 */
export async function writePyramid(
  targets: readonly PyramidTarget[],
  renderer: TileRenderer,
  settings: { jpegs: JpegSplitter; options: ResolvedSlideOptions },
): Promise<Picture> {
  return new PyramidWriter(targets, renderer, settings).write();
}

class PyramidWriter {
  readonly #targets: readonly PyramidTarget[];
  readonly #renderer: TileRenderer;
  readonly #jpegs: JpegSplitter;
  readonly #options: ResolvedSlideOptions;
  readonly #queue: ReturnType<typeof createTileQueue>;
  /** Pixels of the tile being made, by level, and of a tile of bare glass. */
  readonly #tiles: Uint8ClampedArray[];
  readonly #glass: Uint8ClampedArray[];
  readonly #glassBlocks: (StoredBlock | undefined)[] = [];
  readonly #overview: { width: number; height: number; data: Uint8Array };
  #done = 0;

  constructor(
    targets: readonly PyramidTarget[],
    renderer: TileRenderer,
    { jpegs, options }: { jpegs: JpegSplitter; options: ResolvedSlideOptions },
  ) {
    this.#targets = targets;
    this.#renderer = renderer;
    this.#jpegs = jpegs;
    this.#options = options;
    this.#queue = createTileQueue(options.quality);
    this.#tiles = targets.map(() => new Uint8ClampedArray(options.tileSize ** 2 * 3));
    this.#glass = createGlassTiles(renderer.glass, targets.length, options.tileSize);
    const { width, height } = this.#target(targets.length - 1).level;
    this.#overview = { width, height, data: new Uint8Array(width * height * 3) };
  }

  async write(): Promise<Picture> {
    const top = this.#targets.length - 1;
    const { cols, rows } = this.#target(top).level;
    for (let row = 0; row < rows; row++) {
      for (let col = 0; col < cols; col++) {
        this.#keep(col, row, await this.#makeTile(top, col, row));
      }
    }
    await this.#queue.drain();
    return this.#overview;
  }

  /** Makes and stores one tile after all its children. The pixels stay as they are until the next tile of the level. */
  async #makeTile(level: number, col: number, row: number): Promise<Uint8ClampedArray> {
    const drawn = level === 0 ? this.#draw(col, row) : await this.#reduce(level, col, row);
    const { directory, level: plan } = this.#target(level);
    const index = row * plan.cols + col;
    const pixels = drawn ?? this.#glass[level] ?? this.#renderer.glass;
    const block = drawn ? undefined : this.#glassBlocks[level];
    if (block) {
      directory.place(index, block);
      return pixels;
    }
    const { tileSize } = this.#options;
    await this.#queue.push({ width: tileSize, height: tileSize, data: pixels }, async (jpeg) => {
      const stored = await directory.write(index, this.#jpegs.split(jpeg));
      if (!drawn) this.#glassBlocks[level] = stored;
    });
    if (!drawn) await this.#queue.drain();
    return pixels;
  }

  /** Undefined where the tile is bare glass. */
  #draw(col: number, row: number): Uint8ClampedArray | undefined {
    const { signal, onProgress } = this.#options;
    if (signal?.aborted) throw new AbortedError('the slide was not finished', { cause: signal.reason });
    const pixels = this.#tile(0);
    const drawn = this.#renderer.render(col, row, pixels);
    const { cols, rows } = this.#target(0).level;
    onProgress?.({ done: ++this.#done, total: cols * rows });
    return drawn ? pixels : undefined;
  }

  /** Undefined where all children are bare glass. Children beyond the border count as glass. */
  async #reduce(level: number, col: number, row: number): Promise<Uint8ClampedArray | undefined> {
    const { tileSize } = this.#options;
    const below = this.#target(level - 1).level;
    const glass = this.#glass[level - 1];
    const pixels = this.#tile(level);
    const side = tileSize / LEVEL_FACTOR;
    let onlyGlass = true;
    for (let y = 0; y < LEVEL_FACTOR; y++) {
      for (let x = 0; x < LEVEL_FACTOR; x++) {
        const childCol = col * LEVEL_FACTOR + x;
        const childRow = row * LEVEL_FACTOR + y;
        const exists = childCol < below.cols && childRow < below.rows;
        const child = exists ? await this.#makeTile(level - 1, childCol, childRow) : glass;
        if (child !== glass) onlyGlass = false;
        if (child) reduceInto(pixels, child, { size: tileSize, factor: LEVEL_FACTOR, left: x * side, top: y * side });
      }
    }
    return onlyGlass ? undefined : pixels;
  }

  /** Copies a tile of the coarsest level into the overview, without what lies beyond its border. */
  #keep(col: number, row: number, pixels: Uint8ClampedArray): void {
    const { tileSize } = this.#options;
    const { width, height, data } = this.#overview;
    const columns = Math.min(tileSize, width - col * tileSize);
    for (let y = 0; y < Math.min(tileSize, height - row * tileSize); y++) {
      const from = y * tileSize * 3;
      data.set(pixels.subarray(from, from + columns * 3), ((row * tileSize + y) * width + col * tileSize) * 3);
    }
  }

  #target(level: number): PyramidTarget {
    const target = this.#targets[level];
    if (!target) throw new RangeError(`the pyramid has no level ${level}`);
    return target;
  }

  #tile(level: number): Uint8ClampedArray {
    const tile = this.#tiles[level];
    if (!tile) throw new RangeError(`the pyramid has no level ${level}`);
    return tile;
  }
}

function createGlassTiles(glass: Uint8ClampedArray, levels: number, size: number): Uint8ClampedArray[] {
  const tiles = [glass];
  const side = size / LEVEL_FACTOR;
  for (let level = 1; level < levels; level++) {
    const tile = new Uint8ClampedArray(glass.length);
    const below = tiles[level - 1] ?? glass;
    for (let i = 0; i < LEVEL_FACTOR ** 2; i++) {
      const at = { left: (i % LEVEL_FACTOR) * side, top: Math.floor(i / LEVEL_FACTOR) * side };
      reduceInto(tile, below, { size, factor: LEVEL_FACTOR, ...at });
    }
    tiles.push(tile);
  }
  return tiles;
}
