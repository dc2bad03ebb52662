import type { ColorTable } from '../io/icc/srgb-table.ts';
import type { Raster } from '../io/raster.ts';
import { SAMPLE_ARRAYS, type SampleRaster, type SampleType } from '../io/sample-raster.ts';
import type { ByteSource } from '../io/source/byte-source.ts';
import { LevelError, SlideClosedError, TileError } from '../utils/errors.ts';
import { quickHash } from '../utils/hash.ts';
import { trackOpen } from '../utils/open-handles.ts';
import { checkTile } from './check-tile.ts';
import { completeMpp, createMissingMppError } from './mpp.ts';
import { createSlideProperties } from './properties.ts';
import { readLevelWindow } from './read-region.ts';
import { type ResampledRegion, readResampled } from './read-resampled.ts';
import { findChannel } from './samples/channel-list.ts';
import { type ChannelReader, openChannel } from './samples/open-channel.ts';
import { readResampledSamples, type SampleReadOptions } from './samples/read-resampled-samples.ts';
import { getFill, readSampleWindow } from './samples/read-samples.ts';
import { showChannels } from './samples/show-channels.ts';
import type { SlideSettings } from './settings.ts';
import type {
  ChannelRaster,
  ChannelRegion,
  EncodedTile,
  Mpp,
  MppRegion,
  ReadRegionOptions,
  Region,
  Slide,
} from './slide.ts';
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
  readonly mpp: Mpp | undefined;
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
    this.name = backing.name ?? source.name;
    this.format = format;
    this.mpp = completeMpp(backing, settings);
    this.properties = createSlideProperties(format, { ...backing, mpp: this.mpp });
    this.associatedImages = [...backing.associatedImages.keys()];
    this.cache = new TileCache(settings.cacheBytes);
    this.#backing = showChannels(backing, settings);
    this.#source = source;
    this.#untrack = trackOpen(this, 'slide', this.name);
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
  get objectivePower() {
    return this.#backing.objectivePower;
  }
  get channels() {
    return this.#backing.channels;
  }
  get plane() {
    return this.#backing.plane;
  }
  get shown() {
    return this.#backing.shown;
  }
  get background() {
    return this.#backing.background ?? 'bright';
  }
  get openslide() {
    return this.#backing.openslide;
  }
  get iccProfile() {
    return this.#backing.iccProfile;
  }
  get icc() {
    return this.#backing.icc;
  }
  get identity() {
    return this.#backing.identity ?? this.#source.identity;
  }
  get files() {
    return this.#backing.files;
  }
  get remote() {
    return this.#source.remote;
  }

  readRegion(region: ChannelRegion, options?: ReadRegionOptions): Promise<ChannelRaster>;
  readRegion(region: Region, options?: ReadRegionOptions): Promise<Raster>;
  async readRegion(
    region: Region & { readonly channel?: number | string },
    options?: ReadRegionOptions,
  ): Promise<Raster | ChannelRaster> {
    this.#checkOpen();
    const { downsample } = this.#requireLevel(region.level);
    checkSize(region);
    const x = Math.round(checkCoordinate('x', region.x) / downsample.x);
    const y = Math.round(checkCoordinate('y', region.y) / downsample.y);
    const window = { level: region.level, x, y, width: region.width, height: region.height };
    const { channel } = region;
    if (channel !== undefined)
      return this.#readSamples({ ...window, channel }, options, (reader, settings) =>
        readSampleWindow(reader, window, settings),
      );
    this.#checkShown();
    return readLevelWindow(this, window, options);
  }

  async readRegionAtMpp(region: MppRegion, options?: ReadRegionOptions): Promise<Raster> {
    this.#checkOpen();
    const { mpp } = this;
    if (!mpp) throw createMissingMppError(this, 'reading a region at a pixel size');
    checkAboveZero('mpp', region.mpp);
    const { x, y, width, height } = region;
    const downsample = { x: region.mpp / mpp.x, y: region.mpp / mpp.y };
    return this.readRegionAtDownsample({ x, y, width, height, downsample }, options);
  }

  async readRegionAtDownsample(region: ResampledRegion, options?: ReadRegionOptions): Promise<Raster> {
    this.#checkOpen();
    checkResampled(region);
    this.#checkShown();
    return readResampled(this, region, options);
  }

  async readChannelAtDownsample(
    region: ResampledRegion & { channel: number | string },
    options?: ReadRegionOptions,
  ): Promise<ChannelRaster> {
    this.#checkOpen();
    checkResampled(region);
    return this.#readSamples(region, options, (reader, settings) => readResampledSamples(reader, region, settings));
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
    return this.#readStored({ level, col, row }, (found) => found.readEncodedTile(col, row));
  }

  async checkTile(level: number, col: number, row: number): Promise<boolean> {
    return this.#readStored({ level, col, row }, (found) => checkTile(found, this.channels, { col, row }));
  }

  async getTileLayout(level: number): Promise<TileLayout | undefined> {
    this.#checkOpen();
    const { remote, name } = this.#source;
    const path = this.#source.path ?? (remote && name);
    const tiles = path === undefined ? undefined : await this.#requireLevel(level).describeTiles?.();
    return tiles && path !== undefined ? { path, ...tiles, level, ...(remote && { remote }) } : undefined;
  }

  async getColors(): Promise<ColorTable | undefined> {
    this.#checkOpen();
    return this.#backing.getColors?.();
  }

  async computeQuickHash(): Promise<string> {
    this.#checkOpen();
    return this.#backing.computeQuickHash?.() ?? quickHash(this.#source);
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

  async #readStored<T>(
    { level, col, row }: { level: number; col: number; row: number },
    read: (found: BackingLevel) => Promise<T>,
  ): Promise<T> {
    this.#checkOpen();
    const found = this.#requireLevel(level);
    const inside = Number.isInteger(col) && Number.isInteger(row) && col >= 0 && row >= 0;
    if (!inside || col >= found.columns || row >= found.rows) {
      throw new RangeError(
        `${this.name}: level ${level} has ${found.columns} x ${found.rows} tiles, asked for ${col}, ${row}`,
      );
    }
    try {
      return await read(found);
    } catch (cause) {
      this.#checkOpen();
      throw new TileError({ slide: this.name, level, col, row }, cause);
    }
  }

  #checkOpen(): void {
    if (this.#closing) throw new SlideClosedError(this.name);
  }

  /** @throws OptionError where the samples have no window to be shown in */
  #checkShown(): void {
    const { unshown } = this.#backing;
    if (unshown) throw unshown();
  }

  async #readSamples(
    { channel: wanted, ...size }: { width: number; height: number; channel: number | string },
    options: ReadRegionOptions | undefined,
    read: (reader: ChannelReader, settings: SampleReadOptions) => Promise<SampleRaster>,
  ): Promise<ChannelRaster> {
    const { index: channel, name, type, rgb } = findChannel(this.channels, wanted);
    checkSampleBytes(size, type);
    const samples = await read(openChannel(this, channel), { ...options, type, fill: getFill(type, rgb) });
    return { ...samples, channel, name };
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

/** As many bytes as RGB pixels may take. */
function checkSampleBytes({ width, height }: { width: number; height: number }, type: SampleType): void {
  const bytes = width * height * SAMPLE_ARRAYS[type].BYTES_PER_ELEMENT;
  if (bytes > 3 * MAX_PIXELS)
    throw new RangeError(
      `expected samples of at most ${3 * MAX_PIXELS} bytes but received ${width} x ${height} of ${type}`,
    );
}

function checkPositive(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new RangeError(`expected an integer above 0 for \`${name}\` but received ${value}`);
}

function checkCoordinate(name: string, value: number): number {
  if (Number.isFinite(value)) return value;
  throw new RangeError(`expected a finite number for \`${name}\` but received ${value}`);
}

function checkResampled(region: ResampledRegion): void {
  checkSize(region);
  checkCoordinate('x', region.x);
  checkCoordinate('y', region.y);
  checkAboveZero('downsample.x', region.downsample.x);
  checkAboveZero('downsample.y', region.downsample.y);
}

function checkAboveZero(name: string, value: number): void {
  if (Number.isFinite(value) && value > 0) return;
  throw new RangeError(`expected a finite number above 0 for \`${name}\` but received ${value}`);
}
