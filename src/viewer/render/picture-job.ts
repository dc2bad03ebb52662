import type { SlideOptions } from '../../slide/settings.ts';

/** How a slide is opened, here or in a worker: plain data. */
export interface SlideAddress {
  /** Path without links, or address with its secrets. */
  readonly address: string;
  readonly options: SlideOptions;
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
}

/** Makes pictures. Whoever creates one closes it. */
export interface Renderer extends AsyncDisposable {
  /** How many it makes at once. */
  readonly size: number;
  /** @throws TileError, CodecError, RemoteError ...; AbortedError */
  render(job: PictureJob, signal: AbortSignal): Promise<Uint8Array>;
}
