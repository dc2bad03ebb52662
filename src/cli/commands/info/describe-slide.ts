import { describeIccProfile, type IccSummary } from '../../../io/icc/describe-profile.ts';
import { checkAssociatedImages } from '../../../preprocessing/validate-slide/check-associated.ts';
import type { AssociatedImageCheck } from '../../../preprocessing/validate-slide/validation.ts';
import { estimateMpp } from '../../../slide/mpp.ts';
import type { Mpp, OpenSlideInfo, ShownChannels, Slide, SlideChannel, SlidePlane } from '../../../slide/slide.ts';
import { describeLevel, type LevelInfo } from './describe-level.ts';

/** A slide without its pixels, fit for JSON: null where the slide says nothing. */
export interface SlideInfo {
  readonly path: string;
  readonly format: string;
  /** Where OpenSlide reads it. */
  readonly openslide: OpenSlideInfo | null;
  /** Level-0 pixels. */
  readonly width: number;
  readonly height: number;
  /** Millimetres. */
  readonly widthMm: number | null;
  readonly heightMm: number | null;
  readonly mpp: Mpp | null;
  readonly objectivePower: number | null;
  /** Microns per pixel that the objective suggests, where the slide says nothing else. */
  readonly mppEstimate: number | null;
  readonly levels: readonly LevelInfo[];
  readonly channels: readonly SlideChannel[];
  /** The focal plane and time point that is read, where there are several. */
  readonly plane: SlidePlane | null;
  /** The channel or windows that were asked for. */
  readonly shown: ShownChannels | null;
  /** With their sizes in pixels, or why they can't be read; null where they were not looked at. */
  readonly associatedImages: readonly (AssociatedImageCheck | Pick<AssociatedImageCheck, 'name'>)[];
  readonly iccProfile: IccSummary | null;
  /** What `--icc` asked for, and the hash of the profile that is applied, if there is one. */
  readonly icc: { readonly target: string; readonly profile: string | null } | null;
  /** All files that its pixels lie in, as far as they are known. */
  readonly files: readonly string[];
  /** Of all of them. */
  readonly fileBytes: number;
  /** What was left out or decided when it was opened. */
  readonly notices: readonly string[];
  readonly properties: Readonly<Record<string, string>>;
}

/**
 * @param wanted `images`: decode the associated images, for their sizes; `tiles`: look up where the tiles of each level lie
 * @throws TiffError, DicomError where tables of tiles are damaged; RemoteError, AbortedError
 */
export async function describeSlide(
  slide: Slide,
  wanted: { images: boolean; tiles: boolean; signal?: AbortSignal | undefined },
): Promise<SlideInfo> {
  const { width, height, mpp, properties } = slide;
  const levels: LevelInfo[] = [];
  for (const index of slide.levels.keys()) levels.push(await describeLevel(slide, index, wanted));
  const names = slide.associatedImages.map((name) => ({ name }));
  return {
    path: slide.name,
    format: slide.format,
    openslide: slide.openslide ?? null,
    width,
    height,
    widthMm: mpp ? (width * mpp.x) / 1000 : null,
    heightMm: mpp ? (height * mpp.y) / 1000 : null,
    mpp: mpp ?? null,
    objectivePower: slide.objectivePower ?? null,
    mppEstimate: mpp ? null : (estimateMpp(slide.objectivePower)?.x ?? null),
    levels,
    channels: slide.channels,
    plane: slide.plane ?? null,
    shown: slide.shown ?? null,
    associatedImages: wanted.images ? await checkAssociatedImages(slide, wanted) : names,
    iccProfile: slide.iccProfile ? describeIccProfile(slide.iccProfile) : null,
    icc: slide.icc ? { target: slide.icc.target, profile: slide.icc.profile ?? null } : null,
    files: slide.files ?? [slide.name],
    fileBytes: slide.identity.size,
    notices: properties.get('slideloom.notice')?.split('; ') ?? [],
    properties: Object.fromEntries(properties),
  };
}
