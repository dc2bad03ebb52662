import type { SlideOptions } from '../../slide/settings.ts';
import type { Slide } from '../../slide/slide.ts';
import type { StainColors, StainPlan } from '../views/stain-plan.ts';

/** How a slide is opened, here or in a worker: plain data. */
export interface SlideAddress {
  /** Path without links, or address with its secrets. */
  readonly address: string;
  readonly options: SlideOptions;
  /** Which file has to be there, as it was when it was opened first. */
  readonly identity?: Slide['identity'];
}

export interface PictureFormat {
  readonly format: 'jpg' | 'png';
  /** 1 to 100, of JPEG. */
  readonly quality: number;
}

/** What is to be read of a slide. */
export type PictureSource =
  /** Pixels of one level, `x` and `y` in that level's own; `width` and `height` may be one pixel past its end: the last one is repeated. */
  | {
      readonly kind: 'level';
      readonly level: number;
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
    }
  /**
   * Means of `scale` x `scale` pixels of one level; corner and size in pixels of the result. Where a block reaches over the level's
   * end, it is the last one that does not.
   */
  | {
      readonly kind: 'means';
      readonly level: number;
      readonly scale: number;
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
    }
  /** Means over areas: level-0 corner, pixels of the result, level-0 pixels for each. */
  | {
      readonly kind: 'area';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly downsample: { readonly x: number; readonly y: number };
    }
  | { readonly kind: 'associated'; readonly name: string; readonly maxSize: number };

/** One picture to be made; plain data, fit for a worker. */
export interface PictureJob extends PictureFormat {
  readonly slide: SlideAddress;
  readonly source: PictureSource;
  /** Other colours than the slide's own. */
  readonly colors?: StainColors | undefined;
}

/** The stains of a slide, to be found: bytes of JSON, see `fitStains`. */
export interface StainJob {
  readonly slide: SlideAddress;
  readonly stains: StainPlan;
}

/** Makes pictures. Whoever creates one closes it. */
export interface Renderer extends AsyncDisposable {
  /** How many it makes at once. */
  readonly size: number;
  /** @throws TileError, CodecError, RemoteError ...; AbortedError */
  render(job: PictureJob | StainJob, signal: AbortSignal): Promise<Uint8Array>;
}
