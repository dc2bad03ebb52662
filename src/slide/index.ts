export type { SampleArray, SampleRaster, SampleType } from '../io/sample-raster.ts';
export { type LazySlideFormat, SLIDE_FORMATS } from './formats.ts';
export type { MppOption } from './mpp.ts';
export { openSlide } from './open-slide.ts';
export {
  ICC_TARGETS,
  SLIDE_BACKENDS,
  SLIDE_DEFAULTS,
  type SlideBackend,
  type SlideOptions,
  type SlideSettings,
} from './settings.ts';
export type {
  ChannelRaster,
  ChannelRegion,
  EncodedTile,
  Mpp,
  MppRegion,
  MppSource,
  OpenSlideInfo,
  ReadRegionOptions,
  Region,
  SampleWindow,
  ShownChannels,
  Slide,
  SlideChannel,
  SlideIcc,
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
