/** `slideloom/train`: training of ONNX models. */
export {
  type CaseResult,
  type CheckOnnxOptions,
  checkOnnx,
  type MemoryReport,
  type OnnxReport,
  type ProviderReport,
} from '../onnx/check-onnx.ts';
export { MIL_ARCHITECTURES, type MilArchitecture } from '../onnx/mil-options.ts';
export { MODEL_NAMES, type ModelName } from '../onnx/models.ts';
export type { AugmentOptions } from './batches/augment-options.ts';
export {
  type CrossValidation,
  type CrossValidationConfig,
  crossValidatePhase1,
  crossValidatePhase2,
  type FoldResult,
  type FoldSummary,
  type FoldsConfig,
} from './cross-validate.ts';
export { type MilCard, readMilCard } from './mil-card.ts';
export { getCardPath, type ModelCard, readModelCard } from './train-phase1/model-card.ts';
export {
  PHASE1_DEFAULTS,
  type Phase1Config,
  type Phase1Result,
  type TrainingProgress,
  trainPhase1,
} from './train-phase1.ts';
export { PHASE2_DEFAULTS, type Phase2Config, type Phase2Result, trainPhase2 } from './train-phase2.ts';
