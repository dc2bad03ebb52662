import type { Raster } from '../../io/raster.ts';

/** Turns the pixels of a patch into the bytes of a file. */
export interface PatchWriter {
  /** With the dot. */
  readonly extension: string;
  encode(raster: Raster, settings: { quality: number }): Promise<Uint8Array>;
}
