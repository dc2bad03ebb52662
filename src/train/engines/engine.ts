import type { TrainStep } from '../../onnx/train-step.ts';
import type { ResidentEngine } from './resident-engine.ts';

/** Gives the gradients of a batch to the training's own optimiser. */
export type StepEngine = Pick<TrainStep, 'device' | 'parameters' | 'createWeights' | 'step' | 'recycle' | 'release'> &
  AsyncDisposable;

/** What computes: gradients for the training's own optimiser, or whole steps with weights that stay on a device. */
export type Engine = StepEngine | ResidentEngine;
