export { SLIDE_FORMATS } from './formats.ts';
export { openSlide } from './open-slide.ts';
export {
  SLIDE_BACKENDS,
  SLIDE_DEFAULTS,
  type SlideBackend,
  type SlideOptions,
  type SlideSettings,
} from './settings.ts';
export type {
  EncodedTile,
  Mpp,
  MppRegion,
  MppSource,
  OpenSlideInfo,
  ReadRegionOptions,
  Region,
  Slide,
  SlideChannel,
  SlideLevel,
  SlidePlane,
} from './slide.ts';
export type { BackingLevel, SlideBacking, SlideFormat } from './slide-format.ts';
export {
  SYNTHETIC_DEFAULTS,
  type SyntheticSlideOptions,
} from './synthetic-slide/options.ts';
export {
  createSyntheticSlide,
  renderSyntheticTruth,
  SYNTHETIC_CLASSES,
  type SyntheticSlide,
} from './synthetic-slide.ts';
