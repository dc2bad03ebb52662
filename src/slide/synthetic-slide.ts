import { createJpegSplitter, type JpegSplitter } from '../io/tiff/writer/split-jpeg-tables.ts';
import { createTiffWriter, type TiffWriter, type TiffWriterDirectory } from '../io/tiff/writer/tiff-writer.ts';
import {
  describeAssociated,
  describeLevel,
  describeThumbnail,
  getIccField,
  getPageFields,
  getTablesField,
  JPEG,
  LZW,
  SUBFILE,
} from './synthetic-slide/aperio-fields.ts';
import {
  createMacroImage,
  createThumbnail,
  getThumbnailSize,
  MACRO_SIZE,
  ROWS_PER_STRIP,
  writeJpegStrips,
  writeLzwStrips,
} from './synthetic-slide/associated-images.ts';
import { createScene } from './synthetic-slide/create-scene.ts';
import { createLabelImage } from './synthetic-slide/label-image.ts';
import { planLevels, type SyntheticLevel } from './synthetic-slide/levels.ts';
import {
  type ResolvedSlideOptions,
  resolveSyntheticOptions,
  type SyntheticAssociatedImage,
  type SyntheticSlideOptions,
} from './synthetic-slide/options.ts';
import type { Scene } from './synthetic-slide/scene.ts';
import { encodeJpeg } from './synthetic-slide/tile-encoder.ts';
import { createTileRenderer } from './synthetic-slide/tile-renderer.ts';
import { renderTruth } from './synthetic-slide/truth.ts';
import { writePyramid } from './synthetic-slide/write-pyramid.ts';

export {
  SYNTHETIC_DEFAULTS,
  type SyntheticSceneOptions,
  type SyntheticSlideOptions,
} from './synthetic-slide/options.ts';
export { renderSyntheticTruth, SYNTHETIC_CLASSES, type SyntheticTruth } from './synthetic-slide/truth.ts';

export interface SyntheticSlide {
  readonly path: string;
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
  readonly mpp: number;
  /** Finest first. */
  readonly levels: readonly { readonly width: number; readonly height: number; readonly downsample: number }[];
  readonly truth: {
    /** Level-0 pixels inside the outlines of tissue, measured on a grid of at most about 512 x 512 points. */
    readonly tissueArea: number;
    readonly tissueShare: number;
  };
}

/** Points a side on which the area of the tissue is measured. */
const TRUTH_GRID = 512;

/**
 * Writes an H&E-like slide of any size: pieces of tissue with stroma, glands, fat, lymphocytes and a tumour on glass, with
 * dust, a fold and a pen mark, as a pyramidal TIFF that readers take for an Aperio slide. Equal options give equal bytes.
 * Memory does not grow with the size, save 12 bytes a tile and the coarsest level (at most 2000 x 2000 pixels). A run that
 * fails or is aborted leaves no file.
 * @throws OptionError, OutputError, AbortedError
 */
export async function createSyntheticSlide(path: string, options?: SyntheticSlideOptions): Promise<SyntheticSlide> {
  const resolved = resolveSyntheticOptions(options);
  const { width, height, mpp } = resolved;
  const levels = planLevels(resolved);
  const scene = createScene(resolved);
  await using writer = await createTiffWriter(path);
  await writePages(writer, { options: resolved, levels, scene });
  const { bytes } = await writer.finish();
  return {
    path,
    bytes,
    width,
    height,
    mpp,
    levels: levels.map((level) => ({ width: level.width, height: level.height, downsample: level.downsample })),
    truth: measureTruth(scene),
  };
}

interface SlidePlan {
  readonly options: ResolvedSlideOptions;
  readonly levels: readonly SyntheticLevel[];
  readonly scene: Scene;
}

/** Aperio's order of pages: level 0, thumbnail, the other levels, label, macro. */
async function writePages(writer: TiffWriter, plan: SlidePlan): Promise<void> {
  const { options, levels, scene } = plan;
  const jpegs = createJpegSplitter();
  const blank = { width: 16, height: 16, data: new Uint8Array(16 * 16 * 3) };
  jpegs.split(await encodeJpeg(blank, options.quality));
  const shared = [getTablesField(jpegs.getTables()), getIccField(await readSrgbProfile())];
  const wants = (name: SyntheticAssociatedImage) => options.associatedImages.includes(name);

  const addLevel = (level: SyntheticLevel) => ({ level, directory: addLevelPage(writer, level, { options, shared }) });
  const [finest, ...coarser] = levels;
  const targets = finest ? [addLevel(finest)] : [];
  const coarsest = levels.at(-1) ?? { width: 1, height: 1 };
  const thumbnail = wants('thumbnail') ? addThumbnailPage(writer, coarsest, { options, jpegs }) : undefined;
  targets.push(...coarser.map(addLevel));
  const label = wants('label') ? addLabelPage(writer, options) : undefined;
  const macro = wants('macro') ? addMacroPage(writer, jpegs) : undefined;

  const overview = await writePyramid(targets, createTileRenderer(scene, options), { jpegs, options });
  if (thumbnail) await writeJpegStrips(thumbnail, await createThumbnail(overview), { jpegs, quality: options.quality });
  if (label) await writeLzwStrips(label, createLabelImage(options));
  if (macro)
    await writeJpegStrips(macro, await createMacroImage(overview, options), { jpegs, quality: options.quality });
}

function addLevelPage(
  writer: TiffWriter,
  level: SyntheticLevel,
  { options, shared }: { options: ResolvedSlideOptions; shared: Parameters<TiffWriter['addDirectory']>[1] },
): TiffWriterDirectory {
  const { width, height } = level;
  const description = describeLevel(level, options);
  return writer.addDirectory(
    { kind: 'tiles', width, height, tileWidth: options.tileSize, tileHeight: options.tileSize },
    [...getPageFields({ subfile: SUBFILE.level, compression: JPEG, description }), ...shared],
  );
}

function addThumbnailPage(
  writer: TiffWriter,
  level: { width: number; height: number },
  { options, jpegs }: { options: ResolvedSlideOptions; jpegs: JpegSplitter },
): TiffWriterDirectory {
  const size = getThumbnailSize(level);
  const description = describeThumbnail(size, options);
  return writer.addDirectory({ kind: 'strips', ...size, rowsPerStrip: ROWS_PER_STRIP }, [
    ...getPageFields({ subfile: SUBFILE.thumbnail, compression: JPEG, description }),
    getTablesField(jpegs.getTables()),
  ]);
}

function addLabelPage(writer: TiffWriter, options: ResolvedSlideOptions): TiffWriterDirectory {
  const { width, height } = createLabelImage(options);
  const description = describeAssociated('label', { width, height });
  const fields = getPageFields({ subfile: SUBFILE.label, compression: LZW, description });
  return writer.addDirectory({ kind: 'strips', width, height, rowsPerStrip: ROWS_PER_STRIP }, fields);
}

function addMacroPage(writer: TiffWriter, jpegs: JpegSplitter): TiffWriterDirectory {
  const description = describeAssociated('macro', MACRO_SIZE);
  return writer.addDirectory({ kind: 'strips', ...MACRO_SIZE, rowsPerStrip: ROWS_PER_STRIP }, [
    ...getPageFields({ subfile: SUBFILE.macro, compression: JPEG, description }),
    getTablesField(jpegs.getTables()),
  ]);
}

/** The sRGB profile that libvips carries. */
async function readSrgbProfile(): Promise<Uint8Array> {
  const { sharp } = await import('../io/codec/sharp.ts');
  const blank = sharp({ create: { width: 1, height: 1, channels: 3, background: 'white' } });
  const { icc } = await sharp(await blank.withIccProfile('srgb').png().toBuffer()).metadata();
  return icc ?? new Uint8Array(0);
}

function measureTruth(scene: Scene): SyntheticSlide['truth'] {
  const downsample = Math.max(1, Math.max(scene.width, scene.height) / TRUTH_GRID);
  const { tissue, width, height } = renderTruth(scene, downsample);
  const share = tissue.reduce((sum, inside) => sum + inside, 0) / (width * height);
  return { tissueArea: Math.round(share * scene.width * scene.height), tissueShare: share };
}
