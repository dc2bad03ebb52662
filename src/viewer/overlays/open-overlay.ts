import { openSource } from '../../io/source/open-source.ts';
import { openTiff } from '../../io/tiff/open-tiff.ts';
import { TAG } from '../../io/tiff/tags.ts';
import { readTiffImage, type TiffImage } from '../../io/tiff/tiff-image.ts';
import { parseMaskFacts } from '../../preprocessing/xml-to-mask/parse-mask-facts.ts';
import { createSlideSettings } from '../../slide/settings.ts';
import { createTiffSamples } from '../../slide/tiff-samples.ts';
import { AbortedError, TileError, UnsupportedFormatError } from '../../utils/errors.ts';
import type { HeatLegend } from '../contract.ts';
import { createDeepZoomGrid, type DeepZoomGrid, getTileBox } from '../deep-zoom.ts';
import { takeSamples } from '../kernels/take-samples.ts';
import { checkUnmoved } from '../slide-shelf.ts';
import { parseHeatLegend } from './heat-legend.ts';
import { colorLabels, createColorTable, type OverlayLabel } from './label-colors.ts';

/** Pixels of red, green, blue and alpha. */
export interface OverlayTile {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A picture that lies over a slide: of colours with alpha (heatmaps), or of labels (masks). Whoever opens it closes it. */
export interface Overlay extends AsyncDisposable {
  readonly grid: DeepZoomGrid;
  readonly kind: 'colours' | 'labels';
  /** Level-0 pixels of the slide to one of the overlay, where the file says it. */
  readonly downsample: { readonly x: number; readonly y: number } | undefined;
  readonly labels: readonly OverlayLabel[];
  /** Of heatmaps of slideloom. */
  readonly legend: HeatLegend | null;
  /** Undefined where the grid has no such tile; clear where none is stored. @throws TileError; AbortedError */
  readTile(at: { level: number; col: number; row: number }, signal: AbortSignal): Promise<OverlayTile | undefined>;
}

/** Where the file does not say how it lies on the slide, it is taken to cover it. */
export function findDownsample(
  { downsample, grid }: Pick<Overlay, 'downsample' | 'grid'>,
  slide: { readonly width: number; readonly height: number },
): { readonly x: number; readonly y: number } {
  return downsample ?? { x: slide.width / grid.width, y: slide.height / grid.height };
}

const COLOR_SAMPLES = 4;
/** A description that is longer says nothing for us. */
const MAX_DESCRIPTION = 65_536;

type StoredLevel = TiffImage & { readonly read: BlockReader };
type BlockReader = (col: number, row: number) => Promise<{ readonly data: ArrayLike<number> } | undefined>;

/** A tiled TIFF of 8-bit samples, one or four to a pixel, with a pyramid as pages. @throws SourceError, TiffError, UnsupportedFormatError */
export async function openOverlay(path: string): Promise<Overlay> {
  await checkUnmoved(path);
  const source = await openSource(path);
  try {
    const levels = await readLevels(source);
    const [first] = levels;
    if (!first)
      throw new UnsupportedFormatError(
        path,
        'an overlay is a tiled TIFF of labels, or of colours with alpha, with 8 bits',
      );
    const description = (await first.directory.readAsciiHead(TAG.ImageDescription, MAX_DESCRIPTION)) ?? '';
    const mask = parseMaskFacts(description);
    const labels = colorLabels(mask?.labels ?? []);
    const grid = createDeepZoomGrid({ width: first.width, height: first.height, levels: levels.map(toSlideLevel) });
    return {
      ...{ grid, labels, legend: parseHeatLegend(description) },
      kind: first.samplesPerPixel === 1 ? 'labels' : 'colours',
      downsample: mask?.downsample ?? parseDownsample(description),
      readTile: createTileReader(path, { levels, grid, colors: createColorTable(labels) }),
      [Symbol.asyncDispose]: () => source.close(),
    };
  } catch (error) {
    await source.close().catch(() => {});
    throw error;
  }
}

async function readLevels(source: Parameters<typeof openTiff>[0]): Promise<StoredLevel[]> {
  const tiff = await openTiff(source);
  const settings = createSlideSettings(undefined);
  const levels: StoredLevel[] = [];
  for (const directory of tiff?.directories ?? []) {
    const image = await readTiffImage(directory);
    const { samplesPerPixel: samples, width } = image;
    const fits = image.tiled && image.bitsPerSample <= 8 && (samples === 1 || samples === COLOR_SAMPLES);
    const below = levels.at(-1);
    if (!fits || (below && (width >= below.width || samples !== below.samplesPerPixel))) continue;
    const reader = await createTiffSamples(image, settings);
    if (typeof reader !== 'string' && reader.readBlock) levels.push(Object.assign(image, { read: reader.readBlock }));
  }
  return levels;
}

function createTileReader(
  path: string,
  { levels, grid, colors }: { levels: readonly StoredLevel[]; grid: DeepZoomGrid; colors: Uint8Array },
): Overlay['readTile'] {
  return async (at, signal) => {
    const level = grid.levels[at.level];
    const box = level && getTileBox(grid, level, at);
    if (!box) return undefined;
    const { index, stored, step } = chooseStored(levels, level.width);
    const window = { ...box, x: box.x * step, y: box.y * step, step };
    const data = new Uint8Array(box.width * box.height * COLOR_SAMPLES);
    const { tileWidth, tileHeight, samplesPerPixel: samples } = stored;
    const endX = Math.min(stored.width, window.x + box.width * step);
    const endY = Math.min(stored.height, window.y + box.height * step);
    for (let row = Math.floor(window.y / tileHeight); row * tileHeight < endY; row++) {
      for (let col = Math.floor(window.x / tileWidth); col * tileWidth < endX; col++) {
        if (signal.aborted) throw new AbortedError('nobody waits for the tile');
        const block = await stored.read(col, row).catch((cause: unknown) => {
          throw new TileError({ slide: path, level: index, col, row }, cause);
        });
        const place = { left: col * tileWidth, top: row * tileHeight, width: tileWidth, height: tileHeight };
        if (block) takeSamples({ data: block.data, pitch: tileWidth, samples, ...place }, window, data, colors);
      }
    }
    return { width: box.width, height: box.height, data };
  };
}

/** The coarsest stored level that is as fine; of it every so manieth pixel: labels can't be averaged. */
function chooseStored(
  levels: readonly StoredLevel[],
  width: number,
): { index: number; stored: StoredLevel; step: number } {
  const fine = levels.findLastIndex((level) => level.width >= width - 1);
  const index = Math.max(0, fine);
  const stored = levels[index];
  if (!stored) throw new RangeError('an overlay without levels');
  return { index, stored, step: 2 ** Math.max(0, Math.round(Math.log2(stored.width / width))) };
}

function toSlideLevel({ width, height, tileWidth, tileHeight }: TiffImage) {
  return { width, height, tileWidth, tileHeight, downsample: { x: 1, y: 1 }, codec: 'raw' };
}

/** As heatmaps of slideloom say it. */
function parseDownsample(description: string): { x: number; y: number } | undefined {
  const value = Number(/\|downsample = (\d+(?:\.\d+)?)\|/.exec(description)?.[1]);
  return value > 0 ? { x: value, y: value } : undefined;
}
