import type { SlideOptions } from './settings.ts';
import type { Slide } from './slide.ts';

/** For another thread that opens the same slide: by the same back end, at the same plane, whichever way they were chosen. */
export function getReopenOptions({ openslide, plane }: Slide, options: SlideOptions = {}): SlideOptions {
  return {
    ...options,
    ...(plane && { z: plane.z, t: plane.t }),
    ...(openslide && { backend: 'openslide', openslideLibrary: openslide.library }),
  };
}

/**
 * What a run's record says of it among the options that decide its outputs: nothing where slideloom's own format reads the
 * only plane. The hash is OpenSlide's over metadata and the smallest level: a slide of many files has its pixels in others
 * than the one it is opened by.
 */
export function describeOpening({ openslide, plane, properties }: Slide): Record<string, unknown> {
  const quickHash = properties.get('openslide.quickhash-1') ?? null;
  return { ...(plane && { plane }), ...(openslide && { openslide: { version: openslide.version, quickHash } }) };
}

/** For people: a run's notices. */
export function listOpeningNotices({ openslide }: Slide): string[] {
  if (!openslide) return [];
  return [`read with OpenSlide ${openslide.version} (${openslide.library}), not with slideloom's own formats`];
}
