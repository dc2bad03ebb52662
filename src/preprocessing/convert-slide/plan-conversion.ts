import type { Subsampling } from '../../io/kernels/jpeg-encode.ts';
import type { SampleType } from '../../io/sample-raster.ts';
import { COMPRESSION, PHOTOMETRIC } from '../../io/tiff/tags.ts';
import { stripJpegNotes } from '../../io/tiff/writer/strip-jpeg-notes.ts';
import type { Slide } from '../../slide/slide.ts';
import type { TileLayout } from '../../slide/tile-layout.ts';
import { OptionError, UnsupportedFormatError } from '../../utils/errors.ts';
import { choosePlanes, type Plane } from './choose-planes.ts';
import { type CopiedTiles, describeCopy, readFirstHeader } from './describe-copy.ts';
import { type ConvertSettings, isTileSide } from './options.ts';
import type { EncodedKind } from './tile-encoder.ts';

/** A level of the output. */
export interface PlannedLevel {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly columns: number;
  readonly rows: number;
  /** The level of the source that it holds; undefined where it is made of the level above it. */
  readonly source: number | undefined;
  /** Where its tiles are copied. */
  readonly copied: CopiedTiles | undefined;
}

export interface ConversionPlan {
  readonly planes: readonly Plane[];
  /** Finest first; the same for each plane. */
  readonly levels: readonly PlannedLevel[];
  /** Of the tiles that are not copied, and pixels of their side. */
  readonly kind: EncodedKind;
  readonly size: number;
  /** Of JPEG tiles that are not copied. */
  readonly subsampling: Subsampling;
  /** The stored samples of a single channel are dark where they are high. */
  readonly whiteIsZero: boolean;
  /** Tiles of all levels and planes. */
  readonly tiles: number;
}

/** What stands for `codec` of levels whose pixels were lost somewhat already. */
const LOSSY_CODECS: readonly string[] = ['jpeg', 'imagecodecs_jpeg', 'jpeg2000', 'webp', 'composed', 'openslide'];
const DEFAULT_SIDE = 512;

/** @throws UnsupportedFormatError, OptionError */
export async function planConversion(slide: Slide, settings: ConvertSettings): Promise<ConversionPlan> {
  const first = await findCopy(slide, 0, settings);
  const planes = choosePlanes(slide, settings, first !== undefined);
  const kind = chooseKind(slide, settings, planes);
  const side = chooseSide(slide, settings);
  const levels: PlannedLevel[] = [];
  for (const [source, { width, height }] of slide.levels.entries()) {
    if (source > 0 && settings.levels === 'pyramid') break;
    const copied = planes.length > 1 ? undefined : source === 0 ? first : await findCopy(slide, source, settings);
    const { tileWidth, tileHeight } = copied?.layout ?? { tileWidth: side, tileHeight: side };
    levels.push(createLevel({ width, height, tileWidth, tileHeight }, { source, copied }));
  }
  if (settings.levels === 'pyramid') levels.push(...planReduced(slide, side));
  checkDepth(slide, levels, first);
  if (isMixed(levels, planes)) return planConversion(slide, { ...settings, copy: false });
  const tiles = levels.reduce((sum, { columns, rows }) => sum + columns * rows, 0) * planes.length;
  const layout = await slide.getTileLayout?.(0);
  const subsampling = kind === 'jpeg' ? await chooseSubsampling(slide, layout) : '4:2:0';
  const whiteIsZero = layout?.parameters.photometric === PHOTOMETRIC.WhiteIsZero;
  return { planes, levels, kind, size: side, subsampling, whiteIsZero, tiles };
}

/** Levels that are copied beside levels that are encoded must be alike: readers take others for another image. */
function isMixed(levels: readonly PlannedLevel[], [plane]: readonly Plane[]): boolean {
  if (levels.every(({ copied }) => !copied) || levels.every(({ copied }) => copied)) return false;
  const inverted = plane?.kind === 'shown' ? PHOTOMETRIC.WhiteIsZero : undefined;
  return levels.some(({ copied }) => {
    const { samples, photometric } = copied?.encoding ?? { samples: plane?.samples, photometric: undefined };
    return samples !== plane?.samples || (photometric !== undefined && photometric === inverted);
  });
}

/** Pixels of 16 bits can be copied, and not encoded. @throws UnsupportedFormatError */
function checkDepth({ name }: Slide, levels: readonly PlannedLevel[], first: CopiedTiles | undefined): void {
  const { samples = 1, bitsPerSample = 8 } = first?.encoding ?? {};
  const encoded = levels.findIndex(({ copied }) => !copied);
  if (samples < 3 || bitsPerSample <= 8 || encoded < 0) return;
  const problem = `RGB pixels of ${bitsPerSample} bits can be copied, but level ${encoded} would have to be encoded`;
  throw new UnsupportedFormatError(name, problem, { hint: '--composite writes 8 bits a sample' });
}

async function findCopy(slide: Slide, level: number, settings: ConvertSettings): Promise<CopiedTiles | undefined> {
  // What is to be composed, or shown through a window, is not what is stored.
  if (!settings.copy || slide.shown !== undefined) return undefined;
  const copy = await describeCopy(slide, level, settings.compression);
  if (!copy || (settings.composite && copy.encoding.bitsPerSample > 8)) return undefined;
  const { jpegTables } = copy.encoding;
  if (!settings.stripMetadata || !jpegTables) return copy;
  return { ...copy, encoding: { ...copy.encoding, jpegTables: stripJpegNotes(jpegTables) } };
}

function createLevel(
  shape: { width: number; height: number; tileWidth: number; tileHeight: number },
  { source, copied }: { source?: number; copied?: CopiedTiles | undefined } = {},
): PlannedLevel {
  const columns = Math.ceil(shape.width / shape.tileWidth);
  const rows = Math.ceil(shape.height / shape.tileHeight);
  return { ...shape, columns, rows, source, copied };
}

/** Halves until one tile holds all, or a side can't be halved. */
function planReduced({ width, height }: Slide, side: number): PlannedLevel[] {
  const levels: PlannedLevel[] = [];
  for (let [w, h] = [width, height]; Math.max(w, h) > side && Math.min(w, h) > 1; ) {
    w = Math.floor(w / 2);
    h = Math.floor(h / 2);
    levels.push(createLevel({ width: w, height: h, tileWidth: side, tileHeight: side }));
  }
  return levels;
}

/** Colours that a source stores at full resolution are kept at it: halved, those of fluorescence would run. */
async function chooseSubsampling(slide: Slide, layout: TileLayout | undefined): Promise<Subsampling> {
  if (layout?.compression !== COMPRESSION.Jpeg) return '4:2:0';
  const header = await readFirstHeader(slide, layout);
  return header && header.colour !== 'grey' && header.across * header.down === 1 ? '4:4:4' : '4:2:0';
}

/** @throws OptionError where JPEG is asked for what it can't hold */
function chooseKind(slide: Slide, { compression }: ConvertSettings, planes: readonly Plane[]): EncodedKind {
  const types = new Set<SampleType>(planes.map(({ type }) => type));
  const deep = [...types].find((type) => type !== 'uint8');
  if (compression === 'jpeg' && deep !== undefined)
    throw new OptionError('compression', `auto, deflate or none for samples of ${deep}`, compression);
  if (compression !== 'auto') return compression;
  if (planes.some((plane) => plane.kind === 'channel')) return 'deflate';
  return LOSSY_CODECS.includes(slide.levels[0]?.codec ?? '') ? 'jpeg' : 'deflate';
}

function chooseSide({ levels: [first] }: Slide, { tileSize }: ConvertSettings): number {
  if (tileSize !== undefined) return tileSize;
  if (first && first.tileWidth === first.tileHeight && isTileSide(first.tileWidth)) return first.tileWidth;
  return DEFAULT_SIDE;
}
