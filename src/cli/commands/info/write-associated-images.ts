import { join } from 'node:path';
import { encodeImage } from '../../../io/encode-image.ts';
import type { Slide } from '../../../slide/slide.ts';
import { writeFileAtomic } from '../../../utils/atomic-file.ts';

/** Writes each associated image as `<id>.<name>.png` and returns the paths. @throws OutputError, TileError */
export async function writeAssociatedImages(
  slide: Slide,
  { folder, id }: { folder: string; id: string },
): Promise<string[]> {
  const paths: string[] = [];
  for (const name of slide.associatedImages) {
    const path = join(folder, `${id}.${name.replace(/[^\p{L}\p{N}_-]+/gu, '_')}.png`);
    await writeFileAtomic(path, await encodeImage(await slide.readAssociatedImage(name), { format: 'png' }));
    paths.push(path);
  }
  return paths;
}
