import { extname } from 'node:path';
import { drawProfiles, type NamedProfile } from '../../../preprocessing/stain-normalization/draw-profiles.ts';
import { writeFileAtomic } from '../../../utils/atomic-file.ts';
import { OptionError } from '../../../utils/errors.ts';

/** @throws OptionError for another extension, and where nothing can be drawn; OutputError */
export async function writePicture(path: string, profiles: readonly NamedProfile[]): Promise<void> {
  const extension = extname(path).toLowerCase();
  if (extension !== '.svg' && extension !== '.png')
    throw new OptionError('--picture', 'a path with .svg or .png', path);
  const svg = drawProfiles(profiles);
  if (extension === '.svg') {
    await writeFileAtomic(path, svg);
    return;
  }
  const { sharp } = await import('../../../io/codec/sharp.ts');
  await writeFileAtomic(path, await sharp(Buffer.from(svg)).png().toBuffer());
}
