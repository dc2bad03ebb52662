import type { ExampleUnit } from '../data/example.ts';
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

/** What the report says of a slide. */
export interface SlideFacts {
  readonly name: string;
  readonly patient: string | undefined;
  readonly patches: number;
  /** Of the slide, or else of its features. */
  readonly link: string;
}

export interface CalibrationFacts {
  readonly temperature: number;
  /** Without a least value of the loss the temperature stays 1. */
  readonly isFitted: boolean;
  /** The same predictions at a temperature of 1. */
  readonly before: Evaluation;
}

/** Everything that the report of a training says. */
export interface ReportFacts {
  readonly title: string;
  /** What the examples are. */
  readonly unit: ExampleUnit;
  readonly classes: readonly string[];
  readonly model: {
    readonly name: string;
    /** Weights, and how many of them are trained. */
    readonly parameters: number;
    readonly trained: number;
    /** What it takes: `96 × 96 px`. */
    readonly input: string;
  };
  readonly data: {
    /** Examples by class. */
    readonly train: readonly number[];
    readonly validation: readonly number[];
    readonly patients?: { readonly train: number; readonly validation: number } | undefined;
    /** Examples that were left out. */
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
  /** Of each row, where the examples are slides. */
  readonly slides?: readonly SlideFacts[];
  /** Of predictions whose logits were divided by a temperature. */
  readonly calibration?: CalibrationFacts;
  readonly seconds: number;
}
