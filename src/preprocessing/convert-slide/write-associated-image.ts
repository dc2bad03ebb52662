import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import type { Raster } from '../../io/raster.ts';
import { COMPRESSION, PHOTOMETRIC, TAG } from '../../io/tiff/tags.ts';
import type { TiffField } from '../../io/tiff/writer/tiff-field.ts';
import type { TiffWriter } from '../../io/tiff/writer/tiff-writer.ts';
import { getEncodingFields } from './encoding.ts';
import { applyDifferences } from './kernels/sample-tiles.ts';

const ROWS_PER_STRIP = 64;
const deflateAsync = promisify(deflate);

/**
 * A page in strips, without loss. OpenSlide and others take tiled pages for levels of the slide, and no others: a stripped
 * one is passed over. Its ImageDescription, where it has one, is its name, by which `generic-tiff` knows it.
 */
export async function writeAssociatedImage(
  writer: TiffWriter,
  { width, height, channels, data }: Raster,
  name: string | undefined,
): Promise<void> {
  const fields: TiffField[] = [
    ...getEncodingFields({
      compression: COMPRESSION.AdobeDeflate,
      photometric: channels === 3 ? PHOTOMETRIC.Rgb : PHOTOMETRIC.BlackIsZero,
      ...{ samples: channels, bitsPerSample: 8, predictor: 2, extraSample: 0 },
      ...{ jpegTables: undefined, subsampling: undefined },
    }),
    ...(name === undefined ? [] : [{ tag: TAG.ImageDescription, type: 'ascii', value: name } as const]),
  ];
  const directory = writer.addDirectory({ kind: 'strips', width, height, rowsPerStrip: ROWS_PER_STRIP }, fields);
  const rowBytes = width * channels;
  for (let index = 0; index < directory.blockCount; index++) {
    const from = index * ROWS_PER_STRIP * rowBytes;
    const strip = data.slice(from, from + ROWS_PER_STRIP * rowBytes);
    applyDifferences(strip, rowBytes, channels);
    await directory.write(index, await deflateAsync(strip));
  }
}
