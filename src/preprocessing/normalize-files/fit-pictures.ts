import { OptionError } from '../../utils/errors.ts';
import { createRandom } from '../../utils/random.ts';
import { loadStainMethod } from '../stain-normalization/methods.ts';
import type { StainMethodName } from '../stain-normalization/options.ts';
import { poolPixels } from '../stain-normalization/profiles/combine-fits.ts';
import { createProfile, type StainProfile } from '../stain-normalization/profiles/stain-profile.ts';
import { toRgbPixels } from '../stain-normalization/stain-image.ts';
import type { RgbPixels } from '../stain-normalization/stain-method.ts';
import { readPictureFile } from './read-picture-file.ts';

/** As many as the patches that stand for a slide, and pixels of them all: 48 MB. */
const MOST_PICTURES = 100;
const MOST_PIXELS = 2 ** 24;

/**
 * The profile of pictures that come from one slide, by the pixels of up to 100 of them, which `seed` chooses. Those that can't
 * be read are left out: they fail where they are normalised.
 * @throws OptionError for no pictures, and for widths that differ where the method looks at neighbours
 */
export async function fitPictures(
  paths: readonly string[],
  { method, seed }: { method: StainMethodName; seed: number },
): Promise<StainProfile> {
  if (paths.length === 0) throw new OptionError('pictures', 'at least one picture', paths);
  const normaliser = await loadStainMethod(method);
  const pictures: RgbPixels[] = [];
  let pixels = 0;
  for (const path of chooseSome(paths, seed)) {
    if (pictures.length >= MOST_PICTURES || pixels >= MOST_PIXELS) break;
    const picture = await readPictureFile(path).catch(() => undefined);
    if (!picture) continue;
    pictures.push(toRgbPixels(picture));
    pixels += picture.width * picture.height;
  }
  const origin = { method, of: 'slide', parameters: { pictures: pictures.length, seed } } as const;
  if (pictures.length === 0)
    return createProfile({ status: 'degenerate', reason: 'empty', pixels: 0, tissuePixels: 0 }, origin);
  return createProfile(normaliser.fit(poolPixels(normaliser, pictures)), origin);
}

/** Shuffled (Fisher-Yates) where there are more than are looked at. */
function chooseSome(paths: readonly string[], seed: number): readonly string[] {
  if (paths.length <= MOST_PICTURES) return paths;
  const random = createRandom(seed);
  const order = [...paths];
  for (let i = 0; i < MOST_PICTURES; i++) {
    const j = i + Math.floor(random() * (order.length - i));
    const [a = '', b = ''] = [order[i], order[j]];
    order[i] = b;
    order[j] = a;
  }
  return order.slice(0, MOST_PICTURES);
}
