import { describeCompression, loadTiffCodec } from '../../../io/codec/codecs.ts';
import type { SampleCodec } from '../../../io/codec/tile-codec.ts';
import type { ByteSource } from '../../../io/source/byte-source.ts';
import { openTiff } from '../../../io/tiff/open-tiff.ts';
import { COMPRESSION, PHOTOMETRIC, TAG } from '../../../io/tiff/tags.ts';
import { readTiffImage, type TiffImage } from '../../../io/tiff/tiff-image.ts';
import { resolveMpp } from '../../../slide/mpp.ts';
import { SLIDE_DEFAULTS, type SlideSettings } from '../../../slide/settings.ts';
import { getTileParameters, readStoredPlane } from '../../../slide/tiff-tiles.ts';
import { MaskError } from '../../../utils/errors.ts';
import { narrowLabels } from '../kernels/narrow-labels.ts';
import {
  createLabelTile,
  createRangeError,
  createUniformTile,
  type LabelMask,
  type LabelMaskFacts,
  type LabelTile,
} from '../label-mask.ts';
import { readMaskFacts } from './read-mask-facts.ts';

/** What is decoded gives back what was stored; JPEG, WebP and JPEG 2000 may not. */
const LOSSLESS: readonly number[] = [
  COMPRESSION.None,
  COMPRESSION.Lzw,
  COMPRESSION.AdobeDeflate,
  COMPRESSION.Deflate,
  COMPRESSION.PackBits,
  COMPRESSION.Zstd,
];
/** Pixels of the tiles that are decoded side by side. */
const IN_FLIGHT = 2 ** 20;
/** Bytes of a tile that is remembered by its content: tiles of one label are small. */
const SMALL_TILE = 2048;
const MOST_REMEMBERED = 4096;

/**
 * The finest level of a TIFF of labels: tiles or strips, 1, 8 or 16 bits (32 too), without loss. Tiles of one label are
 * known again by where they lie, or by their bytes.
 * @returns undefined where the bytes are no TIFF
 * @throws TiffError, MaskError for pictures that are no labels
 */
export async function openTiffMask(source: ByteSource): Promise<LabelMask | undefined> {
  const tiff = await openTiff(source);
  if (!tiff) return undefined;
  const [directory] = tiff.directories;
  if (!directory) throw new MaskError(source.name, 'a TIFF without a picture');
  const image = await readTiffImage(directory);
  const codec = await loadLabelCodec(image, source.name);
  const { width, height, tileWidth, tileHeight } = image;
  return {
    ...{ name: source.name, width, height, tileWidth, tileHeight },
    facts: await readFacts(image, source.name),
    parallel: Math.min(8, Math.max(1, Math.floor(IN_FLIGHT / (tileWidth * tileHeight)))),
    readTile: createTileReader(image, codec),
    [Symbol.asyncDispose]: () => source.close(),
  };
}

async function loadLabelCodec(image: TiffImage, name: string): Promise<SampleCodec> {
  const { compression, samplesPerPixel, photometric, fillOrder, bitsPerSample, sampleFormat } = image;
  const fail = (problem: string, hint = 'labels are whole numbers of one channel, stored without loss') =>
    new MaskError(name, problem, { hint });
  if (samplesPerPixel !== 1) throw fail(`${samplesPerPixel} samples a pixel are a picture, not a mask of labels`);
  const loaded = await loadTiffCodec(compression);
  if (!loaded)
    throw fail(
      `stored as ${describeCompression(compression)}, which is not read`,
      'write it with deflate, LZW or Zstandard',
    );
  if (!LOSSLESS.includes(compression)) throw fail(`stored as ${describeLossy(compression)}, which may change labels`);
  if (fillOrder !== 1) throw fail(`fill order ${fillOrder}`);
  if (photometric === PHOTOMETRIC.WhiteIsZero && bitsPerSample === 1)
    throw fail('white is 0 in this mask of 1 bit: what is drawn in it is not certain', 'write it with black as 0');
  if (sampleFormat === 3) throw fail('floating numbers are no labels');
  const codec = loaded.samples;
  const reason = codec ? codec.getUnsupportedReason(getTileParameters(image, 0)) : 'its samples are not read';
  if (codec && reason === undefined) return codec;
  throw fail(reason ?? 'its samples are not read');
}

function describeLossy(compression: number): string {
  const names: Readonly<Record<number, string>> = { [COMPRESSION.Jpeg]: 'JPEG', [COMPRESSION.Webp]: 'WebP' };
  return names[compression] ?? describeCompression(compression);
}

async function readFacts({ directory }: TiffImage, name: string): Promise<LabelMaskFacts> {
  const facts = readMaskFacts(await directory.readAscii(TAG.ImageDescription), name);
  if (facts.mpp) return facts;
  const x = await directory.readNumber(TAG.XResolution);
  const y = await directory.readNumber(TAG.YResolution);
  const unit = (await directory.readNumber(TAG.ResolutionUnit)) ?? 2;
  // What no slide can have, such as 72 dpi, is no pixel size.
  return { ...facts, mpp: resolveMpp({ resolution: x && y ? { x, y, unit } : undefined }) };
}

function createTileReader(image: TiffImage, codec: SampleCodec): LabelMask['readTile'] {
  const settings = { maxTileBytes: SLIDE_DEFAULTS.maxTileBytes } as SlideSettings;
  const { name } = image.directory.file.source;
  if (image.tileWidth * image.tileHeight > settings.maxTileBytes)
    throw new MaskError(name, `tiles or strips of ${image.tileWidth} x ${image.tileHeight} pixels`, {
      hint: 'write the mask in tiles',
    });
  /** By the place of the stored bytes, or by themselves. */
  const uniform = new Map<number | string, number>();
  const remember = (key: number | string, label: number) => {
    if (uniform.size < MOST_REMEMBERED) uniform.set(key, label);
  };
  return async (column, row): Promise<LabelTile> => {
    const { offsets } = await image.readTileIndex();
    const offset = offsets[row * image.columns + column] ?? 0;
    const known = uniform.get(offset);
    if (known !== undefined) return createUniformTile(known);
    const stored = await readStoredPlane(image, settings, { col: column, row, plane: 0 });
    // A sparse file leaves out what is 0.
    if (!stored) return createUniformTile(0);
    const key = stored.length <= SMALL_TILE ? Buffer.from(stored).toString('latin1') : undefined;
    const same = key === undefined ? undefined : uniform.get(key);
    if (same !== undefined) return createUniformTile(same);
    const { data } = await codec.decode(stored, getTileParameters(image, row));
    const tile = createLabelTile(toLabels(data, name), image.tileWidth);
    if (tile.label !== undefined) remember(key ?? offset, tile.label);
    if (tile.label !== undefined && key !== undefined) remember(offset, tile.label);
    return tile;
  };
}

function toLabels(data: ArrayLike<number>, name: string): Uint8Array {
  if (data instanceof Uint8Array) return data;
  const labels = new Uint8Array(data.length);
  const beyond = narrowLabels(data, labels);
  if (beyond === undefined) return labels;
  throw createRangeError(name, beyond);
}
