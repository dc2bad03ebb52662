import type { PatchWriter } from './patch-writer.ts';

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
