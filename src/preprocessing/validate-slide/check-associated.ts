import type { Slide } from '../../slide/slide.ts';
import { isSlideloomError } from '../../utils/errors.ts';
import type { AssociatedImageCheck } from './validation.ts';

/** Decodes label, macro and whatever else there is, one at a time. @throws RemoteError, SlideClosedError */
export async function checkAssociatedImages(
  slide: Slide,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<AssociatedImageCheck[]> {
  const checks: AssociatedImageCheck[] = [];
  for (const name of slide.associatedImages) {
    signal?.throwIfAborted();
    checks.push(await checkImage(slide, name));
  }
  return checks;
}

async function checkImage(slide: Slide, name: string): Promise<AssociatedImageCheck> {
  try {
    const { width, height } = await slide.readAssociatedImage(name);
    return { name, width, height, error: null };
  } catch (error) {
    if (isSlideloomError(error, 'remote', 'slide-closed')) throw error;
    return { name, width: null, height: null, error: error instanceof Error ? error.message : String(error) };
  }
}
