import { createSampleArray, type SampleArray, type SampleBlock } from '../../io/sample-raster.ts';
import type { StoredBlock, TiffWriterDirectory } from '../../io/tiff/writer/tiff-writer.ts';
import type { Conversion } from './conversion.ts';
import { cutTile, halve, isFlat } from './kernels/sample-tiles.ts';
import type { PlannedLevel } from './plan-conversion.ts';
import type { TileEncoder } from './tile-encoder.ts';

/** Tiles that are compressed at once, by the threads of zlib. */
const IN_FLIGHT = 4;
/** Tiles of one colour that are kept to be placed again. */
const MAX_FLAT = 16;

/** Where a level's tiles go; absent for level 0 where its tiles are copied, and its pixels only serve the level below. */
export interface LevelTarget {
  readonly directory: TiffWriterDirectory;
  readonly encoder: TileEncoder;
}

/**
 * Takes a level row of tiles by row of tiles, each in pieces from the left, encodes its tiles, and hands the means of 2 x 2
 * pixels to the next coarser level. Memory: one row of tiles of each level below, and the tiles in flight.
 */
export class LevelWriter {
  readonly #conversion: Conversion;
  readonly #level: PlannedLevel;
  readonly #target: LevelTarget | undefined;
  /** Pixels a side of tiles, here and in all levels below. */
  readonly #size: number;
  readonly #next: LevelWriter | undefined;
  /** The row of tiles that is being put together of the level above. */
  #band: SampleBlock | undefined;
  readonly #waiting: { index: number; bytes: Uint8Array | Promise<Uint8Array> }[] = [];
  readonly #flat = new Map<string, StoredBlock>();

  constructor(
    conversion: Conversion,
    level: PlannedLevel,
    parts: { target: LevelTarget | undefined; size: number; next: LevelWriter | undefined },
  ) {
    this.#conversion = conversion;
    this.#level = level;
    this.#target = parts.target;
    this.#size = parts.size;
    this.#next = parts.next;
  }

  /** `piece` begins in column `left` of row of tiles `row`, at whole tiles, and is as high as the row. */
  async take(piece: SampleBlock, { left, row }: { left: number; row: number }): Promise<void> {
    if (this.#target) await this.#encodeTiles(piece, { left, row, target: this.#target });
    this.#next?.addHalved(piece, { left, row });
  }

  /** All pieces of a row were taken. */
  async endRow(row: number): Promise<void> {
    const last = row === Math.ceil(this.#level.height / this.#size) - 1;
    if (row % 2 === 1 || last) await this.#next?.flushBand(row >> 1);
    if (last) await this.#drain();
  }

  /** A piece of the level above, at its half of the band. */
  addHalved({ data, width, height, samples, type }: SampleBlock, { left, row }: { left: number; row: number }): void {
    this.#band ??= this.#createBand({ samples, type }, row >> 1);
    const pitch = this.#band.width * samples;
    const start = (row % 2) * (this.#size / 2) * pitch + (left / 2) * samples;
    const whole = !type.startsWith('float');
    halve(
      { data, pitch: width * samples, start: 0 },
      { width, height, samples, whole },
      { data: this.#band.data, pitch, start },
    );
  }

  async flushBand(row: number): Promise<void> {
    const band = this.#band;
    this.#band = undefined;
    // One last row of pixels above makes none here.
    if (!band || band.height <= 0) return;
    await this.take(band, { left: 0, row });
    await this.endRow(row);
  }

  #createBand({ samples, type }: Pick<SampleBlock, 'samples' | 'type'>, row: number): SampleBlock {
    const { width, height } = this.#level;
    const rows = Math.min(this.#size, height - row * this.#size);
    return { width, height: rows, samples, type, data: createSampleArray(type, width * Math.max(0, rows) * samples) };
  }

  async #encodeTiles(
    { data, width, height, samples, type }: SampleBlock,
    { left, row, target }: { left: number; row: number; target: LevelTarget },
  ): Promise<void> {
    const size = this.#size;
    for (let x = 0; x < width; x += size) {
      const tile = createSampleArray(type, size * size * samples);
      const shape = { width: Math.min(size, width - x), height, samples };
      cutTile({ data, pitch: width * samples, start: x * samples }, shape, { tile, size });
      await this.#write(row * this.#level.columns + (left + x) / size, { tile, samples, target });
      this.#conversion.advance(1);
    }
  }

  async #write(
    index: number,
    { tile, samples, target }: { tile: SampleArray; samples: number; target: LevelTarget },
  ): Promise<void> {
    const { directory, encoder } = target;
    if (isFlat(tile, samples)) {
      const colour = tile.subarray(0, samples).join();
      const known = this.#flat.get(colour);
      if (known) return directory.place(index, known);
      const block = await directory.write(index, await encoder.encode(tile));
      if (this.#flat.size < MAX_FLAT) this.#flat.set(colour, block);
      return;
    }
    const bytes = encoder.encode(tile);
    // A fault is raised where the tile is stored; until then it must not count as unhandled.
    if (bytes instanceof Promise) bytes.catch(() => {});
    this.#waiting.push({ index, bytes });
    if (this.#waiting.length >= IN_FLIGHT) await this.#writeOldest(target);
  }

  async #writeOldest({ directory }: LevelTarget): Promise<void> {
    const oldest = this.#waiting.shift();
    if (oldest) await directory.write(oldest.index, await oldest.bytes);
  }

  async #drain(): Promise<void> {
    while (this.#target && this.#waiting.length > 0) await this.#writeOldest(this.#target);
  }
}
