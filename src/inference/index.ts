/** `slideloom/inference`: features and predictions of ONNX models. */
export { readSlideFeatures } from '../io/feature-files/read-slide-features.ts';
export type { SlideFeatures } from '../io/feature-files/slide-features.ts';
export {
  CLASSIFY_DEFAULTS,
  type ClassifyConfig,
  type ClassifyProgress,
  type ClassifyResult,
  classify,
  type PredictionSummary,
} from './classify.ts';
export {
  type BackboneOptions,
  EMBED_DEFAULTS,
  type EmbedCounts,
  type Embedder,
  type EmbedOptions,
  type EmbedResult,
  embedSlide,
  openEmbedder,
} from './embed.ts';
export {
  COLOR_MAP_NAMES,
  type ColorMapName,
  createHeatmap,
  HEATMAP_DEFAULTS,
  type HeatmapConfig,
  type HeatmapLook,
  type HeatmapResult,
  NORMALIZATIONS,
  type Normalization,
  type OverlayFormat,
} from './heatmap.ts';
export { AGGREGATES, type Aggregate } from './mil/aggregate.ts';
export type { MilModelOptions } from './mil/model-options.ts';
export { type MilModel, openMilModel } from './mil/open-mil-model.ts';
export type { BagPrediction } from './mil/read-bag-outputs.ts';
export { type PatchScores, readScores, writeScores } from './mil/score-table.ts';
export {
  ATTENTION_FILES,
  type AttentionFile,
  PREDICT_SLIDES_DEFAULTS,
  type PredictSlidesConfig,
  type PredictSlidesEvent,
  type PredictSlidesResult,
  predictSlides,
  type SlideRow,
  type SlidesSummary,
} from './predict-slides.ts';
export {
  type ModelComparison,
  QUANTIZE_DEFAULTS,
  type QuantizeConfig,
  type QuantizeProgress,
  type QuantizeResult,
  quantize,
} from './quantize.ts';
