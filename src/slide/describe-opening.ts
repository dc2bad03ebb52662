import { getNotice } from './notices.ts';
import type { SlideOptions } from './settings.ts';
import type { Slide } from './slide.ts';

/** For another thread that opens the same slide: by the same back end, at the same plane, whichever way they were chosen. */
export function getReopenOptions({ openslide, plane, icc, shown }: Slide, options: SlideOptions = {}): SlideOptions {
  const { icc: _ofAnother, channel: _channel, window: _window, ...others } = options;
  return {
    ...others,
    ...(icc && { icc: icc.target }),
    ...(plane && { z: plane.z, t: plane.t }),
    ...(shown?.channel !== undefined && { channel: shown.channel }),
    ...(shown?.window && { window: shown.window }),
    ...(openslide && { backend: 'openslide', openslideLibrary: openslide.library }),
  };
}

/**
 * What a run's record says of it among the options that decide its outputs: nothing where slideloom's own format reads the
 * only plane and shows it as it is. The hash is OpenSlide's over metadata and the smallest level: a slide of many files has its pixels in others
 * than the one it is opened by.
 */
export function describeOpening({ openslide, plane, icc, shown, properties }: Slide): Record<string, unknown> {
  const quickHash = properties.get('openslide.quickhash-1') ?? null;
  return {
    ...(plane && { plane }),
    ...(shown && { shown }),
    ...(icc && { icc: { target: icc.target, profile: icc.profile ?? null } }),
    ...(openslide && { openslide: { version: openslide.version, quickHash } }),
  };
}

/** For people: a run's notices. */
export function listOpeningNotices({ openslide, icc, properties }: Slide): string[] {
  const notices: string[] = [];
  if (openslide)
    notices.push(`read with OpenSlide ${openslide.version} (${openslide.library}), not with slideloom's own formats`);
  if (icc && icc.profile === undefined) notices.push('the slide has no ICC profile to apply: its pixels are as stored');
  const leftOut = getNotice(properties);
  return leftOut === undefined ? notices : [...notices, leftOut];
}
