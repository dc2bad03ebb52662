import { interleavePlanes } from '../kernels/interleave-planes.ts';
import type { Raster } from '../raster.ts';
import { PHOTOMETRIC } from '../tiff/tags.ts';
import { convertSamples, getUnsupportedLayout } from './samples-to-rgb.ts';
import type { TileCodec, TileParameters } from './tile-codec.ts';

/** Of one plane of a tile that is stored as one plane per sample: grey, whatever the sample means in the whole. */
export function getPlaneParameters(tile: TileParameters): TileParameters {
  return { ...tile, samples: 1, photometric: PHOTOMETRIC.BlackIsZero, extraSample: 0 };
}

/** Why tiles of planes can't be decoded by `codec`; undefined where they can. */
export function getUnsupportedPlanes(codec: TileCodec, tile: TileParameters): string | undefined {
  return codec.getUnsupportedReason(getPlaneParameters(tile)) ?? getUnsupportedLayout(asDecoded(tile));
}

/** The pixels of a tile from its decoded planes, one for each sample, in order. */
export function joinPlanes(codec: TileCodec, planes: readonly Raster[], tile: TileParameters): Raster {
  const samples = interleavePlanes(planes.map(({ data }) => data));
  return convertSamples(codec.name, samples, asDecoded(tile));
}

/** Depth and differences are undone plane by plane. */
function asDecoded(tile: TileParameters): TileParameters {
  return { ...tile, bitsPerSample: 8, predictor: 1 };
}
