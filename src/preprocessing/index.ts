export { CONVERT_DEFAULTS, type ConvertOptions } from './convert-slide/options.ts';
export { type ConvertedLevel, type ConvertedSlide, convertSlide } from './convert-slide.ts';
export { createListPlan, type PatchCorner, type PatchCorners } from './extract-patches/list-plan.ts';
export { GRID_CHOICES, PLAN_DEFAULTS, type PlanOptions } from './extract-patches/options.ts';
export type { PatchGeometry, PatchPlan, PlannedPatch } from './extract-patches/patch-plan.ts';
export { type PatchRecord, readPatchTable } from './extract-patches/patch-table.ts';
export { WRITE_DEFAULTS, type WriteOptions } from './extract-patches/run-options.ts';
export { SHARD_DEFAULTS, type ShardOptions } from './extract-patches/shards/options.ts';
export { createShardWriter, writeShards } from './extract-patches/shards/shard-writer.ts';
export type { PatchStainOptions } from './extract-patches/stain-options.ts';
export type { StainOutcome } from './extract-patches/stain-outcome.ts';
export {
  createPatchPool,
  type ExtractOptions,
  type ExtractResult,
  extractPatches,
  type PatchPixels,
  planPatches,
  readPatches,
  type StreamedPatch,
  type StreamOptions,
  streamPatches,
} from './extract-patches.ts';
export { loadWsi } from './load-wsi.ts';
export { PICTURE_DEFAULTS, PICTURE_FORMATS, type PictureOptions } from './normalize-files/options.ts';
export {
  type NormalizedPicture,
  type NormalizedSlide,
  type NormalizePictureOptions,
  type NormalizeSlideOptions,
  normalizePicture,
  normalizeSlide,
} from './normalize-files.ts';
export { LABEL_DEFAULTS, LABEL_RULES, type LabelOptions } from './patch-labels/options.ts';
export { type LabelledPatch, labelPatches } from './patch-labels.ts';
export {
  STAIN_DEFAULTS,
  STAIN_FLOORS,
  STAIN_METHODS,
  type StainMethodName,
} from './stain-normalization/options.ts';
export {
  PROFILE_DEFAULTS,
  type ProfileOptions,
  type ProfileSource,
} from './stain-normalization/profiles/fit-profile.ts';
export { readStainProfile, writeStainProfile } from './stain-normalization/profiles/profile-file.ts';
export { SAMPLE_DEFAULTS, type SampleOptions } from './stain-normalization/profiles/sample-slide.ts';
export { combineProfiles, type StainProfile } from './stain-normalization/profiles/stain-profile.ts';
export {
  AUGMENT_DEFAULTS,
  createAugmentation,
  type DrawOptions,
  drawStainChanges,
  type StainDraw,
} from './stain-normalization/separation/augment-stains.ts';
export { drawStains, HED_STAINS, separateStains } from './stain-normalization/separation/separate-stains.ts';
export { createStainPicture, type StainPictureOptions } from './stain-normalization/separation/stain-pictures.ts';
export type { StainImage } from './stain-normalization/stain-image.ts';
export type {
  ColorMoments,
  DegenerateReason,
  PixelTransform,
  RgbPixels,
  StainStatistics,
  StainVectors,
} from './stain-normalization/stain-method.ts';
export {
  createStainNormalizer,
  fitStainProfile,
  type NormalizedImage,
  type StainNormalizer,
  type StainNormalizerOptions,
  type StainTarget,
} from './stain-normalization.ts';
export { computeTissueMask } from './tissue-detection/compute-tissue-mask.ts';
export { encodeTissuePng } from './tissue-detection/encode-tissue-png.ts';
export { CLAM_PRESETS } from './tissue-detection/methods/clam-parameters.ts';
export { HSV_PRESETS } from './tissue-detection/methods/hsv-ranges.ts';
export { TISSUE_DEFAULTS, type TissueOptions } from './tissue-detection/options.ts';
export { drawTissueOverlay, renderTissueOverlay } from './tissue-detection/render-tissue-overlay.ts';
export { createTissueGeoJson } from './tissue-detection/tissue-geojson.ts';
export type { TissueMask, TissueResult } from './tissue-detection/tissue-mask.ts';
export { type DetectedTissue, detectTissue } from './tissue-detection.ts';
export type { Finding, SlideValidation, TileFault } from './validate-slide/validation.ts';
export { createCheckPool, VALIDATE_DEFAULTS, type ValidateOptions, validateSlide } from './validate-slide.ts';
export type {
  AnnotationLayer,
  AnnotationRegion,
  AnnotationSet,
} from './xml-to-mask/annotation.ts';
export {
  type CheckedAnnotations,
  checkTopology,
  type TopologyFinding,
  type TopologyOptions,
} from './xml-to-mask/check-topology.ts';
export { createMaskShapes, type MaskShapeOptions, type MaskShapes } from './xml-to-mask/create-mask-shapes.ts';
export { ANNOTATION_FORMATS, type AnnotationFormat } from './xml-to-mask/detect-format.ts';
export { FULL_OVERLAY_DEFAULTS, type FullOverlayOptions } from './xml-to-mask/full-overlay-options.ts';
export type { MaskLabel } from './xml-to-mask/mask-job.ts';
export {
  MASK_DEFAULTS,
  MASK_FORMATS,
  MASK_RULES,
  type PaintOptions,
  type WriteMaskOptions,
} from './xml-to-mask/options.ts';
export type { WrittenOverlay } from './xml-to-mask/process-slide.ts';
export {
  READ_ANNOTATIONS_DEFAULTS,
  type ReadAnnotationsOptions,
  readAnnotations,
  type StreamAnnotationsOptions,
  type StreamedRegion,
  streamAnnotations,
} from './xml-to-mask/read-annotations.ts';
export {
  type WriteAnnotationsOptions,
  type WrittenAnnotations,
  writeAnnotations,
} from './xml-to-mask/write-annotations.ts';
export {
  type Annotations,
  type ClassOptions,
  GET_MASK_DEFAULTS,
  getMask,
  type Mask,
  type MaskSlide,
  type ProcessSlideOptions,
  processSlide,
  type WrittenMaskSummary,
  writeMask,
} from './xml-to-mask.ts';
