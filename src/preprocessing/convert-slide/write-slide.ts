import type { Raster } from '../../io/raster.ts';
import { PHOTOMETRIC, TAG } from '../../io/tiff/tags.ts';
import type { TiffField } from '../../io/tiff/writer/tiff-field.ts';
import type { TiffWriter, TiffWriterDirectory } from '../../io/tiff/writer/tiff-writer.ts';
import type { Mpp } from '../../slide/slide.ts';
import type { Plane } from './choose-planes.ts';
import type { Conversion } from './conversion.ts';
import { copyLevel } from './copy-level.ts';
import { createOmeXml, type OmeImageFacts } from './create-ome-xml.ts';
import { type EncodedLevel, encodePlane } from './encode-plane.ts';
import { getEncodingFields } from './encoding.ts';
import {
  chooseProfile,
  createDescription,
  getMetadataFields,
  getProfileFields,
  getResolutionFields,
} from './page-fields.ts';
import type { ConversionPlan, PlannedLevel } from './plan-conversion.ts';
import { createTileEncoder, type TileEncoder } from './tile-encoder.ts';
import { writeAssociatedImage } from './write-associated-image.ts';

const REDUCED = 1;

/** Associated images by name, read before anything is written. */
export type AssociatedImages = ReadonlyMap<string, Raster>;

/** Writes all pages of a conversion. @throws TileError, OutputError, RemoteError, AbortedError */
export async function writeSlide(
  conversion: Conversion,
  { plan, mpp, associated }: { plan: ConversionPlan; mpp: Mpp | undefined; associated: AssociatedImages },
  writer: TiffWriter,
): Promise<void> {
  const { settings } = conversion;
  const ome = settings.layout === 'ome-tiff';
  for (const [index, plane] of plan.planes.entries()) {
    // The description is that of the file: its first page has it, and counts the bad tiles of all.
    const describe = index > 0 ? undefined : () => [describeFile(conversion, { plan, mpp, associated })];
    await writePlane(conversion, { plan, plane, mpp, describe }, writer);
  }
  for (const [name, raster] of associated) {
    conversion.checkAborted();
    await writeAssociatedImage(writer, raster, ome ? undefined : name);
  }
}

interface PlanePages {
  readonly plan: ConversionPlan;
  readonly plane: Plane;
  readonly mpp: Mpp | undefined;
  readonly describe: (() => readonly TiffField[]) | undefined;
}

async function writePlane(
  conversion: Conversion,
  { plan, plane, mpp, describe }: PlanePages,
  writer: TiffWriter,
): Promise<void> {
  const { slide, settings } = conversion;
  const encoder = createEncoder(conversion, plan, plane);
  const first = [
    ...getResolutionFields(mpp),
    ...getMetadataFields(slide, settings),
    ...getProfileFields(chooseProfile(slide, plane, plan.levels[0]?.copied?.encoding.samples ?? plane.samples)),
  ];
  const encoded: EncodedLevel[] = [];
  const copies: { level: PlannedLevel; directory: TiffWriterDirectory }[] = [];
  let parent: TiffWriterDirectory | undefined;
  for (const [index, level] of plan.levels.entries()) {
    const { width, height, tileWidth, tileHeight, copied } = level;
    const subfile: TiffField = { tag: TAG.NewSubfileType, type: 'long', value: [index === 0 ? 0 : REDUCED] };
    const fields = [subfile, ...getEncodingFields(copied?.encoding ?? encoder.encoding), ...(index === 0 ? first : [])];
    const directory: TiffWriterDirectory = writer.addDirectory(
      { kind: 'tiles', width, height, tileWidth, tileHeight },
      fields,
      { parent, sparse: copied !== undefined, late: index === 0 ? describe : undefined },
    );
    if (settings.layout === 'ome-tiff') parent ??= directory;
    if (copied) copies.push({ level, directory });
    encoded.push({ level, target: copied ? undefined : { directory, encoder } });
  }
  for (const { level, directory } of copies) {
    if (level.copied) await copyLevel(conversion, level.copied, directory);
  }
  await encodePlane(conversion, plane, { levels: encoded, size: plan.size });
}

function createEncoder(
  { settings }: Conversion,
  { kind, size, subsampling, whiteIsZero }: ConversionPlan,
  plane: Plane,
): TileEncoder {
  const { samples, type } = plane;
  const encoder = createTileEncoder({ kind, quality: settings.quality, subsampling, samples, type, size });
  if (plane.kind === 'shown' || !whiteIsZero) return encoder;
  return { ...encoder, encoding: { ...encoder.encoding, photometric: PHOTOMETRIC.WhiteIsZero } };
}

function describeFile(
  { slide, settings, badTiles }: Conversion,
  { plan, mpp, associated }: { plan: ConversionPlan; mpp: Mpp | undefined; associated: AssociatedImages },
): TiffField {
  const { objectivePower } = slide;
  const [plane] = plan.planes;
  const [level] = plan.levels;
  const text = (value: string): TiffField => ({ tag: TAG.ImageDescription, type: 'ascii', value });
  if (settings.layout !== 'ome-tiff' || !plane || !level)
    return text(createDescription(objectivePower, badTiles.tiles.length));
  const { width, height } = level;
  const main: OmeImageFacts = {
    ...{ name: 'slide', width, height, mpp, objectivePower, ifd: 0 },
    type: getStoredType(plane, level),
    channels: plan.planes.map((one) => ({
      samples: level.copied?.encoding.samples ?? one.samples,
      ...(!settings.stripMetadata && { name: one.name, color: one.kind === 'channel' ? one.color : undefined }),
    })),
  };
  const others = [...associated].map(([name, raster], index): OmeImageFacts => {
    const { width, height, channels } = raster;
    return { name, width, height, type: 'uint8', channels: [{ samples: channels }], ifd: plan.planes.length + index };
  });
  return text(createOmeXml([main, ...others]));
}

function getStoredType(plane: Plane, { copied }: PlannedLevel): Plane['type'] {
  if (!copied) return plane.type;
  return copied.encoding.bitsPerSample > 8 ? 'uint16' : 'uint8';
}
