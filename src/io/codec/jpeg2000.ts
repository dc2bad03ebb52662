import { CodecError } from '../../utils/errors.ts';
import { spreadBits } from '../kernels/dicom-samples.ts';
import { convertYcbcrToRgb } from '../kernels/ycbcr-to-rgb.ts';
import type { Raster } from '../raster.ts';
import { PHOTOMETRIC } from '../tiff/tags.ts';
import { convertToSamples } from './convert-to-samples.ts';
import { findCodestream } from './jpeg2000-boxes.ts';
import { type CodestreamHeader, readCodestreamHeader } from './jpeg2000-header.ts';
import { checkTileParts } from './jpeg2000-tiles.ts';
import { decodeWithOpenjpeg } from './openjpeg.ts';
import { convertSamples } from './samples-to-rgb.ts';
import type { TileCodec, TileParameters } from './tile-codec.ts';

/** A decoder works on whole pictures of 4 bytes a sample: 2896 x 2896 pixels take some 300 MB for a moment. */
const MAX_PIXELS = 2 ** 23;

/**
 * Compressions 33003, 33004, 33005 and 34712: a JPEG 2000 codestream, bare or in a JP2 file. What the samples mean is said by
 * the photometric interpretation, as for baseline JPEG; Aperio's is wrong for 33003, which its format sets right.
 */
export const jpeg2000Codec: TileCodec = {
  name: 'jpeg2000',
  getUnsupportedReason,
  decode: decodeJpeg2000,
  samples: {
    getUnsupportedReason,
    async decode(tile, parameters) {
      const { raw, bits } = await unpackJpeg2000(tile, parameters);
      const stored = bits > 8 ? 16 : 8;
      const meant = { ...parameters, bitsPerSample: stored, littleEndian: true };
      return convertToSamples('jpeg2000', raw, meant);
    },
  },
};

function getUnsupportedReason(parameters: TileParameters): string | undefined {
  const { bitsPerSample, samples, predictor, photometric, width, height, sampleFormat = 1 } = parameters;
  if (sampleFormat !== 1) return `JPEG 2000 in sample format ${sampleFormat}`;
  if (predictor !== 1) return `JPEG 2000 with predictor ${predictor}`;
  if (width * height > MAX_PIXELS) return `JPEG 2000 tiles of ${width} x ${height} pixels, more than ${MAX_PIXELS}`;
  const grey = photometric === PHOTOMETRIC.WhiteIsZero || photometric === PHOTOMETRIC.BlackIsZero;
  const colour = photometric === PHOTOMETRIC.Rgb || photometric === PHOTOMETRIC.YCbCr;
  if (samples === 3 && colour && bitsPerSample === 8) return undefined;
  if (samples === 1 && grey && (bitsPerSample === 8 || bitsPerSample === 16)) return undefined;
  const what = `photometric interpretation ${photometric} and ${samples} samples a pixel of ${bitsPerSample} bits`;
  return `JPEG 2000 with ${what}`;
}

/** Samples as they are stored, in RGB where they are colours; 16 bits are little endian. */
async function unpackJpeg2000(
  tile: Uint8Array,
  parameters: TileParameters,
): Promise<{ raw: Uint8Array; bits: number }> {
  const { codestream, ycbcr } = findCodestream(tile);
  const header = readCodestreamHeader(codestream);
  checkHeader(header, parameters);
  checkTileParts(codestream, header);
  const { width, samples, photometric } = parameters;
  const bits = header.components[0]?.bits ?? 8;
  const decoded = await decodeWithOpenjpeg(codestream, { width, height: header.y1, samples, bitsPerSample: bits });
  // Mixed components are RGB once they are unmixed, and subsampled ones have been converted: what is left is plain 4:4:4.
  const left = !header.coding.mixed && !isSubsampled(header);
  if (samples === 3 && left && (ycbcr || photometric === PHOTOMETRIC.YCbCr)) convertYcbcrToRgb(decoded);
  return { raw: decoded, bits };
}

async function decodeJpeg2000(tile: Uint8Array, parameters: TileParameters): Promise<Raster> {
  const { raw: stored } = await unpackJpeg2000(tile, parameters);
  const { samples, photometric, bitsPerSample, significantBits: bits = bitsPerSample } = parameters;
  // By the file's word, not by each stream's own: tiles of one level have one scale, that of the same samples uncompressed.
  const raw = bits < bitsPerSample ? spreadBits(stored, { bits, littleEndian: true }) : stored;
  const shown = samples === 3 ? PHOTOMETRIC.Rgb : photometric;
  return convertSamples('jpeg2000', raw, { ...parameters, photometric: shown, littleEndian: true });
}

/** Holds the stream's own word against the directory's before anything is decoded. */
function checkHeader(header: CodestreamHeader, parameters: TileParameters): void {
  const { width, height, fullHeight, samples, bitsPerSample } = parameters;
  const { x0, y0, x1, y1, components } = header;
  if (x0 !== 0 || y0 !== 0) throw new CodecError('jpeg2000', `a picture that begins at ${x0}, ${y0}`);
  // A last strip may hold the rows of a full one.
  const fits = x1 === width && (y1 === height || y1 === fullHeight) && components.length === samples;
  if (!fits) {
    const found = `${x1} x ${y1} with ${components.length} samples`;
    throw new CodecError(
      'jpeg2000',
      `the stream holds ${found}, the file promises ${width} x ${height} with ${samples}`,
    );
  }
  // Samples of 9 to 15 bits lie in words of 16.
  const least = bitsPerSample > 8 ? 9 : bitsPerSample;
  const odd = components.find(({ bits, signed }) => signed || bits < least || bits > bitsPerSample);
  if (odd) throw new CodecError('jpeg2000', `${odd.signed ? 'signed ' : ''}samples of ${odd.bits} bits`);
  if (!isSubsampled(header)) return;
  const [luma, ...chroma] = components.map(({ dx, dy }) => `${dx}x${dy}`);
  const known = luma === '1x1' && chroma.length === 2 && (chroma[0] === '2x1' || chroma[0] === '2x2');
  if (known && chroma[0] === chroma[1]) return;
  throw new CodecError('jpeg2000', `samples every ${[luma, ...chroma].join(', ')} pixels`);
}

function isSubsampled({ components }: CodestreamHeader): boolean {
  return components.some(({ dx, dy }) => dx !== 1 || dy !== 1);
}
