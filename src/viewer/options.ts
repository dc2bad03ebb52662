import { availableParallelism } from 'node:os';
import type { SlideOptions } from '../slide/settings.ts';
import { OptionError } from '../utils/errors.ts';
import { checkBoolean, checkChoice, checkInteger, withDefaults } from '../utils/options.ts';
import { type CheckedViewStain, checkViewStain, type ViewStainOptions } from './views/stain-options.ts';

/** What is served, and how. */
export interface ViewerConfig {
  /** Slides: files, folders, patterns, CSV lists, addresses, folders of runs. */
  readonly slides: readonly string[];
  /** Pyramids of colours and alpha that lie over slides, such as those of `createHeatmap`. */
  readonly overlays?: readonly OverlayInput[] | undefined;
  /**
   * Files and folders that lie over slides, found by the slides' names (`SLIDE.xml`, `SLIDE_tumour.geojson`): annotations, masks, heatmaps, and
   * tables of patches. What runs hold is found without.
   */
  readonly layers?: readonly string[] | undefined;
  /** Where annotations of `layers` count from: `bounds` where QuPath did on slides that have such. */
  readonly coordsFrame?: 'raw' | 'bounds' | undefined;
  /** CSV of the pixel sizes of single slides, as of `resolveSlideInputs`. */
  readonly mppCsv?: string | undefined;
  /** How slides are opened: `mpp`, `icc`, `window`, `remote` ... */
  readonly slideOptions?: SlideOptions | undefined;
  /** Serves files too that links lead to outside of the folders given. */
  readonly followLinks?: boolean | undefined;
  /** Serves associated images that may show a patient's name: labels, and the macro pictures that labels are often seen on. */
  readonly showLabel?: boolean | undefined;
  /** Colours in which stained slides can be shown beside their own: by default those of Macenko's method; `false` for none. */
  readonly stain?: ViewStainOptions | false | undefined;
  /** Of tiles that are encoded anew, 1 to 100; stored ones are passed on as they are. */
  readonly quality?: number | undefined;
  /** Slides that stay open in each thread. */
  readonly maxOpen?: number | undefined;
  /** Bytes of encoded pictures to keep. */
  readonly cacheBytes?: number | undefined;
  /** Bytes of polygons and tables of patches to keep. */
  readonly layerBytes?: number | undefined;
  /** Threads that decode; 0 for none but the server's own. Default: one a core. */
  readonly workers?: number | undefined;
  /** Pictures that may wait to be made; more are refused with 503. */
  readonly maxWaiting?: number | undefined;
}

/** Where it listens, and who may ask. */
export interface ViewerServerConfig extends ViewerConfig {
  /** Address to listen on; anything but the machine itself asks for a token. */
  readonly host?: string | undefined;
  /** 0: any that is free. */
  readonly port?: number | undefined;
  /** What requests must bring; made by chance where it is needed and not given. */
  readonly token?: string | undefined;
  /** Lets clients draw on slides of runs and save it into them; then a token is asked for on this machine too. */
  readonly edit?: boolean | undefined;
  /** Names by which the server may be called beside its own: of a proxy before it. */
  readonly allowedHosts?: readonly string[] | undefined;
  /**
   * Requests a second that one address may make on average, four seconds' worth at once; more are refused with 429. 0: as many as it
   * likes, as is the default where only this machine can ask; elsewhere 500.
   */
  readonly requestRate?: number | undefined;
}

/** A pyramidal TIFF over a slide. */
export interface OverlayInput {
  /** Id, or path as given, of the slide it lies on. */
  readonly slide: string;
  /** Names it in addresses: letters, digits, `.`, `_`, `-`. */
  readonly name: string;
  readonly path: string;
}

export const VIEWER_DEFAULTS = {
  followLinks: false,
  showLabel: false,
  quality: 90,
  maxOpen: 8,
  cacheBytes: 256 * 2 ** 20,
  layerBytes: 256 * 2 ** 20,
  coordsFrame: 'raw',
  maxWaiting: 4096,
  host: '127.0.0.1',
  port: 0,
  edit: false,
} as const;

/** Decoded tiles of one slide in one thread: neighbours share few, and several slides may be open. */
const SLIDE_CACHE_BYTES = 16 * 2 ** 20;

export interface ViewerSettings {
  readonly slides: readonly string[];
  readonly overlays: readonly OverlayInput[];
  readonly layers: readonly string[];
  readonly coordsFrame: 'raw' | 'bounds';
  readonly mppCsv: string | undefined;
  readonly slideOptions: SlideOptions;
  readonly followLinks: boolean;
  readonly showLabel: boolean;
  readonly stain: CheckedViewStain | undefined;
  readonly quality: number;
  readonly maxOpen: number;
  readonly cacheBytes: number;
  readonly layerBytes: number;
  readonly workers: number;
  readonly maxWaiting: number;
}

/** @throws OptionError */
export function resolveViewer(config: ViewerConfig): ViewerSettings {
  const checked = withDefaults(VIEWER_DEFAULTS, config);
  const { slides, overlays = [], layers = [], followLinks, showLabel, workers, mppCsv } = checked;
  if (!Array.isArray(slides) || slides.length === 0) throw new OptionError('slides', 'at least one slide', slides);
  return {
    ...{ slides, overlays: overlays.map(checkOverlay), layers, mppCsv },
    coordsFrame: checkChoice('coordsFrame', checked.coordsFrame as string, ['raw', 'bounds'] as const),
    slideOptions: withDefaults({ cacheBytes: SLIDE_CACHE_BYTES }, checked.slideOptions),
    followLinks: checkBoolean('followLinks', followLinks),
    showLabel: checkBoolean('showLabel', showLabel),
    stain: checked.stain === false ? undefined : checkViewStain(checked.stain ?? {}),
    quality: checkInteger('quality', checked.quality, { min: 1, max: 100 }),
    maxOpen: checkInteger('maxOpen', checked.maxOpen, { min: 1 }),
    cacheBytes: checkInteger('cacheBytes', checked.cacheBytes, { min: 0 }),
    layerBytes: checkInteger('layerBytes', checked.layerBytes, { min: 0 }),
    workers: checkInteger('workers', workers ?? availableParallelism(), { min: 0, max: 256 }),
    maxWaiting: checkInteger('maxWaiting', checked.maxWaiting, { min: 1 }),
  };
}

function checkOverlay(overlay: OverlayInput): OverlayInput {
  if (/^[A-Za-z0-9._-]{1,100}$/.test(overlay.name)) return overlay;
  throw new OptionError('overlays', 'names of letters, digits, ".", "_" and "-"', overlay.name);
}
