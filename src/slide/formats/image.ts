import { decodeImageFile, decodeWideSamples } from '../../io/image-file/decode-image-file.ts';
import type { ImageFacts } from '../../io/image-file/image-facts.ts';
import { detectImageKind, readImageFacts } from '../../io/image-file/read-image-facts.ts';
import type { Raster } from '../../io/raster.ts';
import type { ByteSource } from '../../io/source/byte-source.ts';
import { UnsupportedFormatError } from '../../utils/errors.ts';
import { resolveMpp } from '../mpp.ts';
import { RGB_CHANNEL } from '../samples/channel-list.ts';
import { pickBlock } from '../samples/pick-block.ts';
import type { SlideSettings } from '../settings.ts';
import type { SlideChannel } from '../slide.ts';
import type { BackingLevel, SlideFormat } from '../slide-format.ts';

/**
 * A JPEG, PNG or WebP as a slide of one level and one stored tile: the file itself. It is decoded whole at the first read and
 * the pixels are kept until the slide is closed, at most `maxTileBytes` of them; a larger image is refused.
 */
export const imageFormat: SlideFormat = {
  name: 'image',

  async detect(source, tiff) {
    return tiff === undefined && (await detectImageKind(source).catch(() => undefined)) !== undefined;
  },

  async open(source, _tiff, settings) {
    const kind = await detectImageKind(source);
    if (!kind) throw new UnsupportedFormatError(source.name, 'neither JPEG, PNG nor WebP');
    const facts = await readImageFacts(source, kind);
    checkImage(source, facts, settings);
    const turned = facts.orientation >= 5;
    const { resolution } = facts;
    const { level, forget } = createImageLevel(source, facts, turned);
    return {
      levels: [level],
      mpp: resolveMpp({
        override: settings.mpp,
        resolution: resolution && turned ? { x: resolution.y, y: resolution.x, unit: resolution.unit } : resolution,
      }),
      objectivePower: undefined,
      channels: [describeChannel(facts)],
      properties: new Map([
        ['image.format', kind],
        ['image.orientation', String(facts.orientation)],
      ]),
      associatedImages: new Map(),
      iccProfile: facts.iccProfile,
      close: async () => forget(),
    };
  },
};

/** Samples of 16 bits are read as such, unless they have to be turned. */
function isWide({ bitDepth, orientation }: ImageFacts): boolean {
  return bitDepth === 16 && orientation === 1;
}

function describeChannel(facts: ImageFacts): SlideChannel {
  const { channels, bitDepth } = facts;
  const type = isWide(facts) ? 'uint16' : 'uint8';
  return { ...(channels === 3 ? RGB_CHANNEL : { name: 'grey' }), bitDepth, type };
}

/** Before anything is read for it. */
function checkImage({ name, size }: ByteSource, facts: ImageFacts, { maxTileBytes }: SlideSettings): void {
  const { width, height, kind, unsupported } = facts;
  if (width < 1 || height < 1) throw new UnsupportedFormatError(name, `an image of ${width} x ${height} pixels`);
  if (unsupported) throw new UnsupportedFormatError(name, `a ${kind} with ${unsupported}`);
  if (kind === 'jpeg' && facts.bitDepth !== 8)
    throw new UnsupportedFormatError(name, `a JPEG of ${facts.bitDepth} bits a sample`);
  const bytes = width * height * 3 * (facts.bitDepth > 8 ? 2 : 1);
  if (Math.max(bytes, size) <= maxTileBytes) return;
  const problem = `a plain image of ${width} x ${height} pixels (${size} bytes) is decoded whole, up to ${maxTileBytes} bytes`;
  throw new UnsupportedFormatError(name, problem, {
    hint: 'make a tiled TIFF of it, for example: vips tiffsave IN OUT.tif --tile --pyramid --bigtiff --compression jpeg',
  });
}

function createImageLevel(
  source: ByteSource,
  facts: ImageFacts,
  turned: boolean,
): { level: BackingLevel; forget: () => void } {
  let decoded: Promise<Raster> | undefined;
  const decode = async (): Promise<Raster> => {
    try {
      return await decodeImageFile(await source.read(0, source.size), facts);
    } catch (error) {
      // What failed once may succeed later: only pixels are kept.
      decoded = undefined;
      throw error;
    }
  };
  const width = turned ? facts.height : facts.width;
  const height = turned ? facts.width : facts.height;
  const level: BackingLevel = {
    ...{ width, height, tileWidth: width, tileHeight: height, columns: 1, rows: 1 },
    downsample: { x: 1, y: 1 },
    codec: facts.kind,
    decodeTile: () => (decoded ??= decode()),
    ...(isWide(facts) && {
      readSamples: async (channel: number) =>
        pickBlock(await decodeWideSamples(await source.read(0, source.size), facts), channel),
    }),
    readEncodedTile: async () => ({ data: await source.read(0, source.size), codec: facts.kind, width, height }),
  };
  const forget = () => {
    decoded = undefined;
  };
  return { level, forget };
}
