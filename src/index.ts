/** slideloom's public names. Subpaths (`slideloom/slide`, `slideloom/preprocessing` ...) have the rest. */
export type { Raster } from './io/raster.ts';
export type { SampleArray, SampleType } from './io/sample-raster.ts';
export { REMOTE_DEFAULTS, type RemoteOptions } from './io/source/remote-options.ts';
export { MANIFEST_COLUMNS } from './pipeline/manifest.ts';
export { type CohortEvent, type CohortOptions, type CohortResult, runCohort } from './pipeline/run-cohort.ts';
export type { SlideRow, SlideWork } from './pipeline/run-slide.ts';
export { resolveSlideInputs, type SlideInput } from './pipeline/slide-inputs.ts';
export { CONVERT_DEFAULTS, type ConvertOptions } from './preprocessing/convert-slide/options.ts';
export { type ConvertedSlide, convertSlide } from './preprocessing/convert-slide.ts';
export { PLAN_DEFAULTS, type PlanOptions } from './preprocessing/extract-patches/options.ts';
export type { PatchGeometry, PatchPlan, PlannedPatch } from './preprocessing/extract-patches/patch-plan.ts';
export { WRITE_DEFAULTS, type WriteOptions } from './preprocessing/extract-patches/run-options.ts';
export {
  type ExtractOptions,
  type ExtractResult,
  extractPatches,
  planPatches,
  readPatches,
  type StreamedPatch,
  type StreamOptions,
  streamPatches,
} from './preprocessing/extract-patches.ts';
export { loadWsi } from './preprocessing/load-wsi.ts';
export { TISSUE_DEFAULTS, type TissueOptions } from './preprocessing/tissue-detection/options.ts';
export type { TissueMask, TissueResult } from './preprocessing/tissue-detection/tissue-mask.ts';
export { type DetectedTissue, detectTissue } from './preprocessing/tissue-detection.ts';
export type { Finding, SlideValidation, TileFault } from './preprocessing/validate-slide/validation.ts';
export { VALIDATE_DEFAULTS, type ValidateOptions, validateSlide } from './preprocessing/validate-slide.ts';
export { MASK_DEFAULTS, type PaintOptions, type WriteMaskOptions } from './preprocessing/xml-to-mask/options.ts';
export {
  getMask,
  type Mask,
  type ProcessSlideOptions,
  processSlide,
  type WrittenMaskSummary,
  writeMask,
} from './preprocessing/xml-to-mask.ts';
export { openSlide } from './slide/open-slide.ts';
export { SLIDE_DEFAULTS, type SlideOptions } from './slide/settings.ts';
export type {
  ChannelRaster,
  ChannelRegion,
  Mpp,
  ReadRegionOptions,
  Region,
  SampleWindow,
  Slide,
  SlideChannel,
  SlideLevel,
} from './slide/slide.ts';
export {
  AbortedError,
  AnnotationError,
  CodecError,
  DicomError,
  IccError,
  isSlideloomError,
  LevelError,
  MissingMppError,
  MissingPartError,
  OptionError,
  OutputError,
  OutputInUseError,
  RemoteError,
  ShortReadError,
  SlideClosedError,
  SlideloomError,
  SourceError,
  TiffError,
  TileError,
  UnsupportedFormatError,
  WorkerError,
} from './utils/errors.ts';
export { VERSION } from './utils/version.ts';
