import type { Evaluation } from '../metrics/evaluate.ts';
import type { Predictions } from '../metrics/predictions.ts';

/** What the report says of an epoch; lines of metrics.jsonl fit. */
export interface EpochFigures {
  /** From 1. */
  readonly epoch: number;
  /** Learning rate of its last step. */
  readonly rate: number;
  readonly trainLoss: number;
  /** Log loss of the validation set. */
  readonly loss: number;
  readonly auc?: number | undefined;
  readonly averagePrecision?: number | undefined;
  readonly balancedAccuracy?: number | undefined;
  readonly seconds: number;
}

/** Everything that the report of a training says. */
export interface ReportFacts {
  readonly title: string;
  readonly classes: readonly string[];
  readonly model: {
    readonly name: string;
    /** Weights, and how many of them are trained. */
    readonly parameters: number;
    readonly trained: number;
    readonly width: number;
    readonly height: number;
  };
  readonly data: {
    /** Pictures by class. */
    readonly train: readonly number[];
    readonly validation: readonly number[];
    readonly patients?: { readonly train: number; readonly validation: number } | undefined;
    /** Pictures that could not be read. */
    readonly skipped: number;
    /** What was compared to see that training and validation share nothing: patient, slide, path. */
    readonly compared: readonly string[];
  };
  readonly options: Readonly<Record<string, unknown>>;
  readonly epochs: readonly EpochFigures[];
  /** From 1. */
  readonly bestEpoch: number;
  /** Of the best weights, on the validation set; its intervals are those of 95 %. */
  readonly evaluation: Evaluation;
  readonly predictions: Predictions;
  /** Absolute path of each row of the predictions. */
  readonly paths: readonly string[];
  readonly seconds: number;
}
