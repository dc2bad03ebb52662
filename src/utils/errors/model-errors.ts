/** What goes wrong with ONNX models. */
import { SlideloomError, type SlideloomErrorOptions } from './slideloom-error.ts';

/** A model file is damaged, contradicts itself, or can't be trained as it is. */
export class ModelError extends SlideloomError {
  readonly tag = 'model';
  readonly source: string;
  constructor(source: string, message: string, options?: SlideloomErrorOptions) {
    super(`${source}: ${message}`, options);
    this.source = source;
  }
}

/** A model has an operator between its weights and its loss of which no gradient is known, or none in this form. */
export class OperatorError extends SlideloomError {
  readonly tag = 'operator';
  /** Such as `CumSum`. */
  readonly operator: string;
  /** The name of the node in the graph; its first output where it has none. */
  readonly node: string;
  constructor(operator: string, node: string, message: string, options?: SlideloomErrorOptions) {
    super(`operator ${operator} (node "${node}"): ${message}`, options);
    this.operator = operator;
    this.node = node;
  }
}

/** onnxruntime can't load or run a graph: no such device, a node it refuses, inputs of another shape. */
export class SessionError extends SlideloomError {
  readonly tag = 'session';
  /** Where it was to run: `cpu`, `webgpu`, `cuda`. */
  readonly device: string;
  constructor(device: string, message: string, options?: SlideloomErrorOptions) {
    super(`onnxruntime (${device}): ${message}`, options);
    this.device = device;
  }
}
