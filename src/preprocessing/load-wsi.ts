import type { ByteSource } from '../io/source/byte-source.ts';
import { openSlide } from '../slide/open-slide.ts';
import type { SlideOptions } from '../slide/settings.ts';
import type { Slide } from '../slide/slide.ts';

/** Opens a whole-slide image: the first stage of every pipeline. `await using slide = await loadWsi(path)` closes it. */
export function loadWsi(path: string | ByteSource, options?: SlideOptions): Promise<Slide> {
  return openSlide(path, options);
}
export { openSlide };
