/** `slideloom/inference`: predictions of ONNX models. */
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
