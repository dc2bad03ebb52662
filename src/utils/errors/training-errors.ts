/** What goes wrong in training: its examples, its files of weights, its numbers. */
import { SlideloomError, type SlideloomErrorOptions } from './slideloom-error.ts';

/** Examples for training can't be used as they are: a damaged table, an unknown label, one patient on both sides of a split. */
export class DatasetError extends SlideloomError {
  readonly tag = 'dataset';
  readonly source: string;
  /** Such as `patient-leak`, `label-range`. */
  readonly reason: string;
  /** Line of the table from 1, where it is one line's fault. */
  readonly line: number | undefined;
  constructor(
    source: string,
    message: string,
    facts: { reason: string; line?: number | undefined },
    options?: SlideloomErrorOptions,
  ) {
    super(`${source}: ${facts.line === undefined ? '' : `line ${facts.line}: `}${message}`, options);
    this.source = source;
    this.reason = facts.reason;
    this.line = facts.line;
  }
}

/** A file of tensors (safetensors) is damaged or contradicts itself. */
export class TensorFileError extends SlideloomError {
  readonly tag = 'tensor-file';
  readonly source: string;
  constructor(source: string, message: string, options?: SlideloomErrorOptions) {
    super(`${source}: ${message}`, options);
    this.source = source;
  }
}

/** A checkpoint is none, or belongs to another model or other options than the run that would go on from it. */
export class CheckpointError extends SlideloomError {
  readonly tag = 'checkpoint';
  readonly source: string;
  constructor(source: string, message: string, options?: SlideloomErrorOptions) {
    super(`${source}: ${message}`, options);
    this.source = source;
  }
}

/** Training can't go on: the loss or a gradient is no longer a number. `step` counts from 0. */
export class TrainingError extends SlideloomError {
  readonly tag = 'training';
  readonly step: number;
  constructor(step: number, message: string, options?: SlideloomErrorOptions) {
    super(`step ${step}: ${message}`, options);
    this.step = step;
  }
}
