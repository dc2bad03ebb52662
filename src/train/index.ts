/** `slideloom/train`: training of ONNX models. */
export {
  type CaseResult,
  type CheckOnnxOptions,
  checkOnnx,
  type MemoryReport,
  type OnnxReport,
  type ProviderReport,
} from '../onnx/check-onnx.ts';
export { MODEL_NAMES, type ModelName } from '../onnx/models.ts';
export type { AugmentOptions } from './batches/augment-options.ts';
export {
  type CrossValidation,
  type CrossValidationConfig,
  crossValidatePhase1,
  type FoldResult,
  type FoldSummary,
} from './cross-validate.ts';
export { getCardPath, type ModelCard, readModelCard } from './train-phase1/model-card.ts';
export {
  PHASE1_DEFAULTS,
  type Phase1Config,
  type Phase1Progress,
  type Phase1Result,
  trainPhase1,
} from './train-phase1.ts';
