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
  type ModelComparison,
  QUANTIZE_DEFAULTS,
  type QuantizeConfig,
  type QuantizeProgress,
  type QuantizeResult,
  quantize,
} from './quantize.ts';
