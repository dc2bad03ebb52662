import { describeIccProfile } from '../../io/icc/describe-profile.ts';
import { TAG } from '../../io/tiff/tags.ts';
import { toRational } from '../../io/tiff/writer/rational.ts';
import type { TiffField } from '../../io/tiff/writer/tiff-field.ts';
import type { Mpp, Slide } from '../../slide/slide.ts';
import { VERSION } from '../../utils/version.ts';
import type { Plane } from './choose-planes.ts';
import type { ConvertSettings } from './options.ts';

const CENTIMETRE = 3;
const MICRONS = 10_000;
/** Texts that are taken over unless they are to be stripped: what scanned, and when. */
const KEPT_TEXTS = [
  { tag: TAG.Make, property: 'tiff.Make', pattern: /^[\x20-\x7e]{1,200}$/ },
  { tag: TAG.Model, property: 'tiff.Model', pattern: /^[\x20-\x7e]{1,200}$/ },
  { tag: TAG.DateTime, property: 'tiff.DateTime', pattern: /^\d{4}:\d\d:\d\d \d\d:\d\d:\d\d$/ },
] as const;

/** Software, and of the source what `settings` keep. */
export function getMetadataFields({ properties }: Slide, { stripMetadata }: ConvertSettings): TiffField[] {
  const fields: TiffField[] = [{ tag: TAG.Software, type: 'ascii', value: `slideloom ${VERSION}` }];
  if (stripMetadata) return fields;
  for (const { tag, property, pattern } of KEPT_TEXTS) {
    const value = properties.get(property)?.trim();
    if (value !== undefined && pattern.test(value)) fields.push({ tag, type: 'ascii', value });
  }
  return fields;
}

/** Pixels per centimetre on each axis, to 32-bit fractions. */
export function getResolutionFields(mpp: Mpp | undefined): TiffField[] {
  if (!mpp) return [];
  return [
    { tag: TAG.XResolution, type: 'rational', value: toRational(MICRONS / mpp.x) },
    { tag: TAG.YResolution, type: 'rational', value: toRational(MICRONS / mpp.y) },
    { tag: TAG.ResolutionUnit, type: 'short', value: [CENTIMETRE] },
  ];
}

/**
 * The slide's ICC profile, where it is for the pixels of the page: not once they were brought to sRGB, shown through windows or
 * put together of channels, and not where it is for other samples than the page has (RGB for three, grey for one).
 */
export function chooseProfile(slide: Slide, plane: Plane, samples: number): Uint8Array | undefined {
  const { iccProfile: profile, icc, shown, channels } = slide;
  const whole = channels.length <= 1 || channels[0]?.samples === 3;
  const stored = whole && icc?.profile === undefined && shown === undefined;
  if (!profile || plane.kind !== 'shown' || !stored) return undefined;
  const { colorSpace } = describeIccProfile(profile);
  // A damaged one is handed on as it is where it can only have been meant for these pixels.
  const meant = samples >= 3 ? [null, 'RGB'] : ['GRAY'];
  return meant.includes(colorSpace) ? profile : undefined;
}

export function getProfileFields(profile: Uint8Array | undefined): TiffField[] {
  return profile ? [{ tag: TAG.IccProfile, type: 'undefined', value: profile }] : [];
}

/**
 * The ImageDescription of level 0: only what slideloom knows of the pixels, no word of the source's. `generic-tiff` reads the
 * objective from it.
 */
export function createDescription(objectivePower: number | undefined, badTiles: number): string {
  const facts = [
    ...(objectivePower === undefined ? [] : [`objective-power = ${objectivePower}`]),
    ...(badTiles === 0 ? [] : [`unreadable-tiles = ${badTiles}`]),
  ];
  return ['slideloom conversion', ...facts].join('|');
}
