import type { Raster } from '../io/raster.ts';
import type { ByteSource } from '../io/source/byte-source.ts';
import { LevelError, MissingMppError, SlideClosedError, TileError } from '../utils/errors.ts';
import { quickHash } from '../utils/hash.ts';
import { trackOpen } from '../utils/open-handles.ts';
import { createSlideProperties } from './properties.ts';
import { readLevelWindow } from './read-region.ts';
import { type ResampledRegion, readResampled } from './read-resampled.ts';
import type { SlideSettings } from './settings.ts';
import type { EncodedTile, MppRegion, ReadRegionOptions, Region, Slide } from './slide.ts';
import type { BackingLevel, SlideBacking } from './slide-format.ts';
import { TileCache } from './tile-cache.ts';
import type { TileLayout } from './tile-layout.ts';

/** Rasters above this many pixels are refused: 3 bytes each would pass what one typed array can hold. */
const MAX_PIXELS = 2 ** 29;

/** The one implementation of `Slide`: a format's backing, a tile cache, and the source, which it owns and closes. */
export class WholeSlide implements Slide {
  readonly name: string;
  readonly format: string;
  readonly properties: ReadonlyMap<string, string>;
  readonly associatedImages: readonly string[];
  readonly cache: TileCache;
  readonly #backing: SlideBacking;
  readonly #source: ByteSource;
  readonly #untrack: () => void;
  #closing: Promise<void> | undefined;

  constructor(
    format: string,
    source: ByteSource,
    { backing, settings }: { backing: SlideBacking; settings: SlideSettings },
  ) {
    this.name = source.name;
    this.format = format;
    this.properties = createSlideProperties(format, backing);
    this.associatedImages = [...backing.associatedImages.keys()];
    this.cache = new TileCache(settings.cacheBytes);
    this.#backing = backing;
    this.#source = source;
    this.#untrack = trackOpen(this, 'slide', source.name);
  }

  get closed(): boolean {
    return this.#closing !== undefined;
  }
  get levels(): readonly BackingLevel[] {
    return this.#backing.levels;
  }
  get width(): number {
    return this.levels[0]?.width ?? 0;
  }
  get height(): number {
    return this.levels[0]?.height ?? 0;
  }
  get mpp() {
    return this.#backing.mpp;
  }
  get objectivePower() {
    return this.#backing.objectivePower;
  }
  get channels() {
    return this.#backing.channels;
  }
  get plane() {
    return this.#backing.plane;
  }
  get openslide() {
    return this.#backing.openslide;
  }
  get iccProfile() {
    return this.#backing.iccProfile;
  }
  get identity() {
    return this.#backing.identity ?? this.#source.identity;
  }
  get remote() {
    return this.#source.remote;
  }

  async readRegion(region: Region, options?: ReadRegionOptions): Promise<Raster> {
    this.#checkOpen();
    const { downsample } = this.#requireLevel(region.level);
    checkSize(region);
    const x = Math.round(checkCoordinate('x', region.x) / downsample.x);
    const y = Math.round(checkCoordinate('y', region.y) / downsample.y);
    return readLevelWindow(this, { level: region.level, x, y, width: region.width, height: region.height }, options);
  }

  async readRegionAtMpp(region: MppRegion, options?: ReadRegionOptions): Promise<Raster> {
    this.#checkOpen();
    const { mpp } = this;
    if (!mpp) throw new MissingMppError(this.name, 'reading a region at a pixel size');
    checkAboveZero('mpp', region.mpp);
    const { x, y, width, height } = region;
    const downsample = { x: region.mpp / mpp.x, y: region.mpp / mpp.y };
    return this.readRegionAtDownsample({ x, y, width, height, downsample }, options);
  }

  async readRegionAtDownsample(region: ResampledRegion, options?: ReadRegionOptions): Promise<Raster> {
    this.#checkOpen();
    checkSize(region);
    checkCoordinate('x', region.x);
    checkCoordinate('y', region.y);
    checkAboveZero('downsample.x', region.downsample.x);
    checkAboveZero('downsample.y', region.downsample.y);
    return readResampled(this, region, options);
  }

  async readThumbnail(maxSize: number, options?: ReadRegionOptions): Promise<Raster> {
    this.#checkOpen();
    const scale = Math.max(1, Math.max(this.width, this.height) / checkPositive('maxSize', maxSize));
    const width = Math.max(1, Math.round(this.width / scale));
    const height = Math.max(1, Math.round(this.height / scale));
    const downsample = { x: this.width / width, y: this.height / height };
    return this.readRegionAtDownsample({ x: 0, y: 0, width, height, downsample }, options);
  }

  async readAssociatedImage(name: string): Promise<Raster> {
    this.#checkOpen();
    const read = this.#backing.associatedImages.get(name);
    if (read) {
      return read().catch((error: unknown) => {
        this.#checkOpen();
        throw error;
      });
    }
    const known = this.associatedImages.join(', ') || 'none';
    throw new RangeError(`${this.name}: no associated image "${name}"; it has ${known}`);
  }

  async readTile(level: number, col: number, row: number): Promise<EncodedTile | undefined> {
    this.#checkOpen();
    const found = this.#requireLevel(level);
    const inside = Number.isInteger(col) && Number.isInteger(row) && col >= 0 && row >= 0;
    if (!inside || col >= found.columns || row >= found.rows) {
      throw new RangeError(
        `${this.name}: level ${level} has ${found.columns} x ${found.rows} tiles, asked for ${col}, ${row}`,
      );
    }
    try {
      return await found.readEncodedTile(col, row);
    } catch (cause) {
      this.#checkOpen();
      throw new TileError({ slide: this.name, level, col, row }, cause);
    }
  }

  async getTileLayout(level: number): Promise<TileLayout | undefined> {
    this.#checkOpen();
    const { remote, name } = this.#source;
    const path = this.#source.path ?? (remote && name);
    const tiles = path === undefined ? undefined : await this.#requireLevel(level).describeTiles?.();
    return tiles && path !== undefined ? { path, ...tiles, level, ...(remote && { remote }) } : undefined;
  }

  async computeQuickHash(): Promise<string> {
    this.#checkOpen();
    return quickHash(this.#source);
  }

  close(): void {
    if (this.#closing) return;
    this.#untrack();
    this.cache.close();
    // A descriptor that can't be closed is the system's trouble; asyncDispose reports it, close() has no way to.
    this.#closing = closeAll(this.#backing, this.#source);
    this.#closing.catch(() => {});
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.#closing;
  }

  #checkOpen(): void {
    if (this.#closing) throw new SlideClosedError(this.name);
  }

  #requireLevel(level: number): BackingLevel {
    const found = this.levels[level];
    if (!found) throw new LevelError(this.name, level, this.levels.length);
    return found;
  }
}

async function closeAll(backing: SlideBacking, source: ByteSource): Promise<void> {
  const [own, file] = await Promise.allSettled([backing.close?.(), source.close()]);
  if (own.status === 'rejected') throw own.reason;
  if (file.status === 'rejected') throw file.reason;
}

function checkSize({ width, height }: { width: number; height: number }): void {
  const pixels = checkPositive('width', width) * checkPositive('height', height);
  if (pixels > MAX_PIXELS)
    throw new RangeError(`expected at most ${MAX_PIXELS} pixels but received ${width} x ${height}`);
}

function checkPositive(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new RangeError(`expected an integer above 0 for \`${name}\` but received ${value}`);
}

function checkCoordinate(name: string, value: number): number {
  if (Number.isFinite(value)) return value;
  throw new RangeError(`expected a finite number for \`${name}\` but received ${value}`);
}

function checkAboveZero(name: string, value: number): void {
  if (Number.isFinite(value) && value > 0) return;
  throw new RangeError(`expected a finite number above 0 for \`${name}\` but received ${value}`);
}
