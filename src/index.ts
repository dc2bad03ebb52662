/** slideloom's public names. Subpaths (`slideloom/slide`, `slideloom/preprocessing` ...) have the rest. */
export type { Raster } from './io/raster.ts';
export type { SampleArray, SampleType } from './io/sample-raster.ts';
export { REMOTE_DEFAULTS, type RemoteOptions } from './io/source/remote-options.ts';
export { MANIFEST_COLUMNS } from './pipeline/manifest.ts';
export type { CohortEvent, CohortOptions, CohortResult } from './pipeline/run-cohort.ts';
export type { SlideRow, SlideWork } from './pipeline/run-slide.ts';
export type { SlideInput } from './pipeline/slide-inputs.ts';
export {
  convertSlide,
  createStainNormalizer,
  detectTissue,
  fitStainProfile,
  getMask,
  labelPatches,
  processSlide,
  resolveSlideInputs,
  runCohort,
  validateSlide,
  writeMask,
} from './pipeline/stages.ts';
export { CONVERT_DEFAULTS, type ConvertOptions } from './preprocessing/convert-slide/options.ts';
export type { ConvertedSlide } from './preprocessing/convert-slide.ts';
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
export { LABEL_DEFAULTS, type LabelOptions } from './preprocessing/patch-labels/options.ts';
export type { LabelledPatch } from './preprocessing/patch-labels.ts';
export { STAIN_DEFAULTS, STAIN_METHODS, type StainMethodName } from './preprocessing/stain-normalization/options.ts';
export type { ProfileOptions } from './preprocessing/stain-normalization/profiles/fit-profile.ts';
export type { StainProfile } from './preprocessing/stain-normalization/profiles/stain-profile.ts';
export type {
  NormalizedImage,
  StainNormalizer,
  StainNormalizerOptions,
  StainTarget,
} from './preprocessing/stain-normalization.ts';
export { TISSUE_DEFAULTS, type TissueOptions } from './preprocessing/tissue-detection/options.ts';
export type { TissueMask, TissueResult } from './preprocessing/tissue-detection/tissue-mask.ts';
export type { DetectedTissue } from './preprocessing/tissue-detection.ts';
export { VALIDATE_DEFAULTS, type ValidateOptions } from './preprocessing/validate-slide/options.ts';
export type { Finding, SlideValidation, TileFault } from './preprocessing/validate-slide/validation.ts';
export { MASK_DEFAULTS, type PaintOptions, type WriteMaskOptions } from './preprocessing/xml-to-mask/options.ts';
export type { Mask, ProcessSlideOptions, WrittenMaskSummary } from './preprocessing/xml-to-mask.ts';
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
  MaskError,
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
  StainError,
  TiffError,
  TileError,
  UnsupportedFormatError,
  WorkerError,
} from './utils/errors.ts';
export { VERSION } from './utils/version.ts';
