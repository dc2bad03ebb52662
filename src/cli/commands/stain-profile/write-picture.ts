import { extname } from 'node:path';
import { drawProfiles, type NamedProfile } from '../../../preprocessing/stain-normalization/pictures/draw-profiles.ts';
import { writeFileAtomic } from '../../../utils/atomic-file.ts';
import { OptionError } from '../../../utils/errors.ts';

/** @throws OptionError for another extension */
export function checkPicturePath(path: string): void {
  if (!/\.(svg|png)$/i.test(path)) throw new OptionError('--picture', 'a path with .svg or .png', path);
}

/** @throws OptionError where nothing can be drawn; OutputError */
export async function writePicture(path: string, profiles: readonly NamedProfile[]): Promise<void> {
  const svg = drawProfiles(profiles);
  if (extname(path).toLowerCase() === '.svg') {
    await writeFileAtomic(path, svg);
    return;
  }
  const { sharp } = await import('../../../io/codec/sharp.ts');
  await writeFileAtomic(path, await sharp(Buffer.from(svg)).png().toBuffer());
}
