import { basename } from 'node:path';
import { type Embedder, openEmbedder } from '../inference/embed.ts';
import { checkBag } from '../inference/mil/check-bag.ts';
import { type MilModel, openMilModel } from '../inference/mil/open-mil-model.ts';
import {
  checkPredictions,
  type PredictSlidesConfig,
  type PredictSlidesEvent,
  type PredictSlidesResult,
  predictSlides,
} from '../inference/predict-slides.ts';
import type { Logger } from '../utils/log.ts';
import { type EmbedEvent, type EmbedSlidesOptions, type EmbedSlidesResult, embedSlides } from './embed-slides.ts';

/** How slides become features. */
export type EmbedWork = Omit<
  EmbedSlidesOptions,
  'slides' | 'slide' | 'out' | 'embedder' | 'workers' | 'workerMemory' | 'signal' | 'logger' | 'onEvent'
>;

/** How features become predictions; `model` is the file of the classifier of slides. */
export type PredictWork = Omit<PredictSlidesConfig, 'input' | 'out' | 'model' | 'signal' | 'logger' | 'onEvent'> & {
  readonly model: string;
};

export interface SlidesToPredict extends Pick<EmbedSlidesOptions, 'slides' | 'slide' | 'workers' | 'workerMemory'> {
  readonly embed: EmbedWork;
  readonly predict: PredictWork;
  /** Folders of what `embedSlides` and `predictSlides` leave. */
  readonly folders: { readonly features: string; readonly predictions: string };
  readonly signal?: AbortSignal | undefined;
  readonly logger?: Logger | undefined;
  readonly onEmbed?: ((event: EmbedEvent) => void) | undefined;
  readonly onPredict?: ((event: PredictSlidesEvent) => void) | undefined;
}

export interface PredictedSlides {
  readonly embedded: EmbedSlidesResult;
  readonly predicted: PredictSlidesResult;
  /** Whether the classifier says anything of single patches. */
  readonly hasScores: boolean;
}

/**
 * Slides to features to predictions. That both models fit each other, and that nothing is in the way of the predictions, is known
 * before the first slide is opened. What an earlier run has done is left as it is.
 * @throws as `embedSlides` and `predictSlides`; DatasetError where the classifier was trained on features of another network
 */
export async function embedAndPredict(options: SlidesToPredict): Promise<PredictedSlides> {
  const { predict, folders, signal, logger } = options;
  await using model = await openMilModel(predict.model, { ...predict, logger });
  const run = { out: folders.predictions, signal, logger, onEvent: options.onPredict };
  await checkPredictions({ ...predict, model, ...run, input: folders.features });
  const embedded = await embedFor(model, options);
  const predicted = await predictSlides({ ...predict, model, ...run, input: embedded.table });
  return { embedded, predicted, hasScores: model.hasAttention || model.hasInstances };
}

/** The backbone is closed again before the predictions. */
async function embedFor(model: MilModel, options: SlidesToPredict): Promise<EmbedSlidesResult> {
  const { embed, predict, folders, slides, slide, workers, workerMemory, signal, logger, onEmbed } = options;
  await using embedder = await openEmbedder({ ...embed, logger });
  await checkModels(embedder, model, { embed, anyBackbone: predict.anyBackbone ?? false });
  const run = { slides, slide, out: folders.features, workers, workerMemory, signal, logger };
  return await embedSlides({ ...embed, ...run, embedder, onEvent: onEmbed });
}

/** For dry runs: that the models fit each other, and what can be known of the predictions. @throws as `embedAndPredict` */
export async function checkModelFiles({
  embed,
  predict,
  folders: { features: input, predictions: out },
  logger,
}: Pick<SlidesToPredict, 'embed' | 'predict' | 'folders' | 'logger'>): Promise<void> {
  await using model = await openMilModel(predict.model, { ...predict, logger });
  await checkPredictions({ ...predict, model, input, out, logger });
  await using embedder = await openEmbedder({ ...embed, logger });
  await checkModels(embedder, model, { embed, anyBackbone: predict.anyBackbone ?? false });
}

/** The backbone is run once on zeros: only then is known how many features it gives, and of which part of its output. */
async function checkModels(
  embedder: Embedder,
  model: MilModel,
  { embed, anyBackbone }: { embed: EmbedWork; anyBackbone: boolean },
): Promise<void> {
  const { name, sha256, side, batchSize, take, path } = embedder.backbone;
  const { dimension, taken } = await embedder.run(new Float32Array(batchSize * 3 * side * side), 1);
  const facts = {
    model: { sha256, output: take.output, take: taken },
    patch: { size: side, mpp: embed.mpp ?? embedder.backbone.mpp },
  };
  checkBag(model, { dim: dimension, model: name, facts }, { path: basename(path), anyBackbone });
}
