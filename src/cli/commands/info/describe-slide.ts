import type { Mpp, OpenSlideInfo, Slide, SlideChannel } from '../../../slide/slide.ts';

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
  readonly levels: readonly LevelInfo[];
  readonly channels: readonly SlideChannel[];
  readonly associatedImages: readonly string[];
  /** Bytes of the ICC profile. */
  readonly iccProfileBytes: number | null;
  readonly fileBytes: number;
  readonly properties: Readonly<Record<string, string>>;
}

export interface LevelInfo {
  readonly width: number;
  readonly height: number;
  readonly downsample: { readonly x: number; readonly y: number };
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly codec: string;
}

export function describeSlide(slide: Slide): SlideInfo {
  const { width, height, mpp } = slide;
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
    levels: slide.levels.map(describeLevel),
    channels: slide.channels,
    associatedImages: slide.associatedImages,
    iccProfileBytes: slide.iccProfile?.length ?? null,
    fileBytes: slide.identity.size,
    properties: Object.fromEntries(slide.properties),
  };
}

/** Picked by name: a level of an open slide carries more than its geometry. */
function describeLevel({ width, height, downsample, tileWidth, tileHeight, codec }: LevelInfo): LevelInfo {
  return { width, height, downsample, tileWidth, tileHeight, codec };
}
