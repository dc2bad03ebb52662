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
