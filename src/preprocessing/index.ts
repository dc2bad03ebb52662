export { CONVERT_DEFAULTS, type ConvertOptions } from './convert-slide/options.ts';
export { type ConvertedLevel, type ConvertedSlide, convertSlide } from './convert-slide.ts';
export { createListPlan, type PatchCorner } from './extract-patches/list-plan.ts';
export { GRID_CHOICES, PLAN_DEFAULTS, type PlanOptions } from './extract-patches/options.ts';
export type { PatchGeometry, PatchPlan, PlannedPatch } from './extract-patches/patch-plan.ts';
export { type PatchRecord, readPatchTable } from './extract-patches/patch-table.ts';
export { WRITE_DEFAULTS, type WriteOptions } from './extract-patches/run-options.ts';
export { SHARD_DEFAULTS, type ShardOptions } from './extract-patches/shards/options.ts';
export { createShardWriter, writeShards } from './extract-patches/shards/shard-writer.ts';
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
export { computeTissueMask } from './tissue-detection/compute-tissue-mask.ts';
export { encodeTissuePng } from './tissue-detection/encode-tissue-png.ts';
export { CLAM_PRESETS, HSV_PRESETS, TISSUE_DEFAULTS, type TissueOptions } from './tissue-detection/options.ts';
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
