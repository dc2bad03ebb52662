import type { TileParameters } from '../../../../src/io/codec/tile-codec.ts';

/** Parameters of an 8-bit tile; grey is BlackIsZero, three samples are RGB. */
export function createParameters(change: Partial<TileParameters> = {}): TileParameters {
  const samples = change.samples ?? 1;
  const height = change.height ?? 4;
  return {
    width: 4,
    height,
    fullHeight: height,
    samples,
    bitsPerSample: 8,
    photometric: samples >= 3 ? 2 : 1,
    predictor: 1,
    extraSample: 0,
    jpegTables: undefined,
    ...change,
  };
}
