import { IccError } from '../../utils/errors.ts';
import { checkRgbProfile } from './check-profile.ts';
import { wrapInTiff } from './wrap-in-tiff.ts';

/** Pixels that are converted at once: a profile's table is prepared anew for each chunk, which takes 40 ms. */
const CHUNK_PIXELS = 2 ** 21;

/** Brings RGB pixels from a profile's colours to sRGB. */
export interface SrgbConverter {
  /** `pixels` are RGB bytes, any number of them; the result has the same order. @throws IccError */
  convert(pixels: Uint8Array): Promise<Uint8Array>;
}

/**
 * sharp (libvips with lcms2) does the work: rendering intent perceptual, without black point compensation, in 8 bits. It
 * takes a profile only with an image file around it, and only warns of one that it can't apply; so the profile is checked
 * and tried first.
 * @param name of the slide, for messages
 * @throws IccError
 */
export async function openSrgbConverter(profile: Uint8Array, name: string): Promise<SrgbConverter> {
  checkRgbProfile(profile, name);
  await probe(profile, name);
  return {
    async convert(pixels) {
      const result = new Uint8Array(pixels.length);
      for (let start = 0; start < pixels.length; start += CHUNK_PIXELS * 3) {
        const chunk = pixels.subarray(start, start + CHUNK_PIXELS * 3);
        result.set((await convertChunk(chunk, profile, name)).pixels, start);
      }
      return result;
    },
  };
}

/**
 * Colours that were changed prove that the profile was applied. Where none was, it is one of sRGB itself, or sharp has said
 * that it is invalid. Warnings go through one queue for all of sharp, so that another image may catch ours, or we
 * theirs: hence two tries, and no word is believed against changed colours.
 */
async function probe(profile: Uint8Array, name: string): Promise<void> {
  const colours = createProbe();
  for (let tries = 0; tries < 2; tries++) {
    const { pixels, warning } = await convertChunk(colours, profile, name);
    if (pixels.some((value, index) => value !== colours[index])) return;
    if (warning !== undefined)
      throw new IccError(name, `the colour profile can't be applied: it is damaged: ${warning.toLowerCase()}`);
  }
}

/** Every colour of five levels an axis. */
function createProbe(): Uint8Array {
  const levels = [0, 60, 128, 190, 255];
  return Uint8Array.from(levels.flatMap((r) => levels.flatMap((g) => levels.flatMap((b) => [r, g, b]))));
}

async function convertChunk(
  pixels: Uint8Array,
  profile: Uint8Array,
  name: string,
): Promise<{ pixels: Uint8Array; warning: string | undefined }> {
  const { sharp } = await import('../codec/sharp.ts');
  const count = pixels.length / 3;
  const image = sharp(wrapInTiff(pixels, { width: count, height: 1 }, profile), { limitInputPixels: CHUNK_PIXELS });
  let warning: string | undefined;
  image.on('warning', (text: string) => {
    if (/profile/i.test(text)) warning = text;
  });
  const { data, info } = await image
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => {
      throw new IccError(name, "the colour profile can't be applied", { cause });
    });
  if (info.channels !== 3 || data.length !== pixels.length)
    throw new IccError(name, `the colour profile gives ${info.channels} samples a pixel`);
  return { pixels: data, warning };
}
