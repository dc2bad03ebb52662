import { DEVICE_CHOICES, type DeviceChoice } from '../../onnx/open-on-device.ts';
import type { ColumnNames } from '../../train/data/find-columns.ts';
import { OptionError } from '../../utils/errors.ts';
import type { Logger } from '../../utils/log.ts';
import { checkBoolean, checkChoice, checkInteger, checkNumber, withDefaults } from '../../utils/options.ts';
import { AGGREGATES, type Aggregate } from '../mil/aggregate.ts';
import { checkMilOptions, type MilReadOptions } from '../mil/model-options.ts';
import type { MilModel } from '../mil/open-mil-model.ts';
import type { SlideRow } from './slide-row.ts';

/** Files that say where the model looked. */
export const ATTENTION_FILES = ['csv', 'geojson'] as const;
export type AttentionFile = (typeof ATTENTION_FILES)[number];

/** What happens during a run, for progress bars and logs. `index` counts from 0. */
export type PredictSlidesEvent =
  | { readonly kind: 'slide-start'; readonly index: number; readonly total: number; readonly slide: string }
  | { readonly kind: 'slide-end'; readonly index: number; readonly total: number; readonly row: SlideRow };

/**
 * Predictions for slides whose patches have features. Only the first three members are needed. Options of the model (classes,
 * temperature, outputs, device, threads) have no say where it is open already.
 */
export interface PredictSlidesConfig extends MilReadOptions {
  /** Feature files, folders of them, and tables (CSV) that name them, such as the features.csv of `embed`. */
  input: string | readonly string[];
  /** An ONNX file, or a model that is open, which the caller closes. */
  model: string | MilModel;
  /** Folder of the outputs. */
  out: string;
  /** How patches become a slide. Temperature and threshold of a card are those of `attention`. */
  aggregate?: Aggregate | undefined;
  /** Patches of the aggregate `top-k`. */
  topK?: number | undefined;
  /** Share of the aggregate `quantile`. */
  quantile?: number | undefined;
  /** Files that say where the model looked, for each slide; none: an empty list. */
  attention?: readonly AttentionFile[] | undefined;
  /** Level-0 pixels that a patch spans, where a feature file does not say it (CLAM's don't). */
  patchSpan?: number | undefined;
  /** Take features of another network than the card's. */
  anyBackbone?: boolean | undefined;
  /** Table (CSV) with columns slide, label and perhaps patient: figures are computed of the slides that it names. */
  labels?: string | undefined;
  /** Names of the columns of `labels`, where they are others than usual. */
  columns?: ColumnNames | undefined;
  /** Make everything anew, and replace files of others. */
  overwrite?: boolean | undefined;
  /** Threads of onnxruntime. Default: one a core. */
  threads?: number | undefined;
  device?: DeviceChoice | undefined;
  /** The model has a thread of its own. */
  ownThread?: boolean | undefined;
  signal?: AbortSignal | undefined;
  logger?: Logger | undefined;
  onEvent?: ((event: PredictSlidesEvent) => void) | undefined;
}

export const PREDICT_SLIDES_DEFAULTS = Object.freeze({
  aggregate: 'attention',
  topK: 5,
  quantile: 0.9,
  attention: ATTENTION_FILES,
  anyBackbone: false,
  overwrite: false,
  device: 'cpu',
  ownThread: true,
} as const);

export type PredictSlidesSettings = Readonly<
  PredictSlidesConfig & {
    readonly [K in keyof typeof PREDICT_SLIDES_DEFAULTS]: NonNullable<PredictSlidesConfig[K]>;
  } & { readonly input: readonly string[] }
>;

/** A config with defaults, checked before anything is read. @throws OptionError */
export function resolvePredictSlides(config: PredictSlidesConfig): PredictSlidesSettings {
  const chosen = withDefaults(PREDICT_SLIDES_DEFAULTS, config);
  const input = typeof chosen.input === 'string' ? [chosen.input] : chosen.input;
  if (!Array.isArray(input) || input.length === 0 || input.some((one) => typeof one !== 'string' || one === ''))
    throw new OptionError('input', 'feature files, folders of them or tables', chosen.input);
  if (typeof chosen.out !== 'string' || chosen.out === '') throw new OptionError('out', 'a text', chosen.out);
  if (chosen.model === '' || !['string', 'object'].includes(typeof chosen.model))
    throw new OptionError('model', 'the path of an ONNX file', chosen.model);
  checkMilOptions(chosen);
  checkChoice('aggregate', chosen.aggregate, AGGREGATES);
  const asked = chosen.aggregate as Aggregate;
  for (const [option, aggregate] of [
    ['topK', 'top-k'],
    ['quantile', 'quantile'],
  ] as const)
    if (config[option] !== undefined && asked !== aggregate)
      throw new OptionError('aggregate', `${aggregate} beside \`${option}\``, asked);
  checkInteger('topK', chosen.topK, { min: 1 });
  checkNumber('quantile', chosen.quantile, { min: 0, max: 1 });
  for (const file of chosen.attention) checkChoice('attention', file, ATTENTION_FILES);
  if (chosen.patchSpan !== undefined) checkNumber('patchSpan', chosen.patchSpan, { above: 0 });
  checkChoice('device', chosen.device, DEVICE_CHOICES);
  checkBoolean('anyBackbone', chosen.anyBackbone);
  checkBoolean('overwrite', chosen.overwrite);
  return { ...chosen, input } as PredictSlidesSettings;
}
