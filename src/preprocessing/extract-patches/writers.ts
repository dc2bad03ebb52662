import type { Raster } from '../../io/raster.ts';

/** Turns the pixels of a patch into the bytes of a file. */
export interface PatchWriter {
  /** With the dot. */
  readonly extension: string;
  encode(raster: Raster, settings: { quality: number }): Promise<Uint8Array>;
}

/** File formats of patches; each loads at its first use. `coordinates` writes none: the table is the output. */
const loaders = {
  png: async () => (await import('./writers/png.ts')).pngWriter,
  jpeg: async () => (await import('./writers/jpeg.ts')).jpegWriter,
  webp: async () => (await import('./writers/webp.ts')).webpWriter,
} satisfies Record<string, () => Promise<PatchWriter>>;

export type PatchFileFormat = keyof typeof loaders;

export async function loadPatchWriter(format: PatchFileFormat): Promise<PatchWriter> {
  return loaders[format]();
}
