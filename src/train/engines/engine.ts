import type { TrainStep } from '../../onnx/train-step.ts';
import type { ResidentEngine } from './resident-engine.ts';

/** What computes: gradients for the training's own optimiser, or whole steps with weights that stay on a device. */
export type Engine = TrainStep | ResidentEngine;
