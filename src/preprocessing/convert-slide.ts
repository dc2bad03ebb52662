/**
 * Conversion: a slide of any format as a pyramidal TIFF that other programs open.
 *
 * Memory: tiles in flight (32 MiB), a piece of a row of tiles (12 MiB) where tiles are encoded, one row of tiles of each level
 * where levels are made by halving, 12 bytes for each tile of the output, and the pictures beside the scan.
 */
import type { Raster } from '../io/raster.ts';
import { createTiffWriter } from '../io/tiff/writer/tiff-writer.ts';
import { listOpeningNotices } from '../slide/describe-opening.ts';
import { formatMpp } from '../slide/mpp.ts';
import type { Mpp, Slide } from '../slide/slide.ts';
import { isSlideloomError } from '../utils/errors.ts';
import type { ConvertedBadTile } from './convert-slide/bad-tiles.ts';
import { createConversion } from './convert-slide/conversion.ts';
import { describeTiffCompression } from './convert-slide/describe-compression.ts';
import { type ConvertLayout, type ConvertOptions, checkConvertOptions } from './convert-slide/options.ts';
import { openOutputPlace } from './convert-slide/output-place.ts';
import { type ConversionPlan, planConversion } from './convert-slide/plan-conversion.ts';
import { writeSlide } from './convert-slide/write-slide.ts';

/** What was written. */
export interface ConvertedSlide {
  readonly path: string;
  readonly bytes: number;
  readonly layout: ConvertLayout;
  readonly mpp: Mpp | undefined;
  /** Finest first. */
  readonly levels: readonly ConvertedLevel[];
  /** Pages of the scan at each level: 1, or one for each channel. */
  readonly channels: number;
  readonly associatedImages: readonly string[];
  /** Those of the source that are not in the output. */
  readonly leftOut: readonly string[];
  /** Painted white, with `onBadTile: 'white'`. */
  readonly badTiles: readonly ConvertedBadTile[];
  /** What of the slide is not in the output, or not as was asked for; one sentence or more each. */
  readonly notices: readonly string[];
}

export interface ConvertedLevel {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
  /** `copied`: the stored bytes; `encoded`: decoded and encoded; `halved`: made of the level above. */
  readonly method: 'copied' | 'encoded' | 'halved';
  readonly compression: string;
}

/**
 * Writes `slide` to `path` as a pyramidal BigTIFF or OME-TIFF. Stored tiles are copied undecoded where TIFF allows it; the
 * others are decoded and encoded. The file appears under its name when it is whole. Equal slides and options give equal bytes.
 * @throws OptionError, UnsupportedFormatError where samples would be lost that `composite` does not give up, TileError,
 *   OutputError, OutputInUseError, RemoteError, AbortedError
 */
export function convertSlide(slide: Slide, path: string, options?: ConvertOptions): Promise<ConvertedSlide> {
  return convertAhead(slide, path, { options, ahead: 1 });
}

/** As `convertSlide`, of a slide that is read by several threads. @param ahead pieces that are read at a time, 12 MiB each */
export async function convertAhead(
  slide: Slide,
  path: string,
  { options, ahead }: { readonly options: ConvertOptions | undefined; readonly ahead: number },
): Promise<ConvertedSlide> {
  const settings = checkConvertOptions(options);
  const plan = await planConversion(slide, settings);
  const { name: source, files } = slide;
  await using place = await openOutputPlace(path, { overwrite: settings.overwrite, source, files });
  const signal = settings.signal ? AbortSignal.any([settings.signal, place.signal]) : place.signal;
  const conversion = createConversion(slide, settings, { total: plan.tiles, signal, ahead });
  conversion.checkAborted();
  const notices = [...listOpeningNotices(slide), ...listPlaneNotices(slide)];
  const associated = settings.stripAssociated ? new Map<string, Raster>() : await readAssociatedImages(slide, notices);
  const mpp = chooseMpp(slide, notices);
  const format = settings.layout === 'bigtiff' ? 'big' : 'auto';
  await using writer = await createTiffWriter(place.temporary, { format, sync: true });
  await writeSlide(conversion, { plan, mpp, associated }, writer);
  conversion.checkAborted();
  const { bytes } = await writer.finish();
  await place.accept();
  return {
    ...{ path, bytes, layout: settings.layout, mpp, notices },
    levels: describeLevels(plan),
    channels: plan.planes.length,
    associatedImages: [...associated.keys()],
    leftOut: slide.associatedImages.filter((name) => !associated.has(name)),
    badTiles: conversion.badTiles.tiles,
  };
}

/** One that can't be read is left out with a notice: a broken label costs the label, not the slide. */
async function readAssociatedImages(slide: Slide, notices: string[]): Promise<Map<string, Raster>> {
  const found = new Map<string, Raster>();
  for (const name of slide.associatedImages) {
    try {
      found.set(name, await slide.readAssociatedImage(name));
    } catch (error) {
      if (!isSlideloomError(error) || error.tag === 'remote' || error.tag === 'slide-closed') throw error;
      notices.push(`the associated image ${name} can't be read and is left out: ${error.message}`);
    }
  }
  return found;
}

/** One plane is written. */
function listPlaneNotices({ plane }: Slide): string[] {
  if (!plane) return [];
  return [`the slide has several planes, and only z ${plane.z}, t ${plane.t} is in the output: -z and -t choose`];
}

/** An estimate is not written down as if it were known. */
function chooseMpp({ mpp }: Slide, notices: string[]): Mpp | undefined {
  if (mpp?.source !== 'objective') {
    if (!mpp) notices.push('the slide has no pixel size, and neither has the output: --mpp gives it one');
    // An OME-TIFF says it like one that the scanner measured.
    if (mpp?.source === 'resolution-tag')
      notices.push(`the pixel size, ${formatMpp(mpp)}, comes from the resolution tags of the source`);
    return mpp;
  }
  notices.push('the pixel size is an estimate by the objective and is not written: --mpp gives one');
  return undefined;
}

function describeLevels({ levels, kind }: ConversionPlan): ConvertedLevel[] {
  return levels.map(({ width, height, tileWidth, tileHeight, copied, source }) => ({
    ...{ width, height, tileWidth, tileHeight },
    method: copied ? 'copied' : source === undefined ? 'halved' : 'encoded',
    compression: copied ? describeTiffCompression(copied.encoding.compression) : kind,
  }));
}
