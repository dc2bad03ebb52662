import type { PatchWriter } from './patch-writer.ts';

/** File formats of patches; each loads at its first use. `coordinates` writes none: the table is the output. */
const loaders = {
  png: async () => (await import('./writers/png.ts')).pngWriter,
  png16: async () => (await import('./writers/png16.ts')).widePngWriter,
  jpeg: async () => (await import('./writers/jpeg.ts')).jpegWriter,
  webp: async () => (await import('./writers/webp.ts')).webpWriter,
} satisfies Record<string, () => Promise<PatchWriter>>;

export type PatchFileFormat = keyof typeof loaders;

/** The writer's name for a format of patch files. */
export function getFileFormat({
  format,
  depth,
}: {
  format: Exclude<PatchFileFormat, 'png16'>;
  depth: 8 | 16;
}): PatchFileFormat {
  return depth === 16 ? 'png16' : format;
}

export async function loadPatchWriter(format: PatchFileFormat): Promise<PatchWriter> {
  return loaders[format]();
}
