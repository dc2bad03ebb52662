import type { MilModel } from '../mil/open-mil-model.ts';

export interface PatchPredictions {
  /** One for each patch; they add up to 1. */
  readonly attention: Float32Array | undefined;
  /** patches x classes */
  readonly instanceProbabilities: Float32Array | undefined;
}

/** Patches of one run: the model keeps some kilobytes of each. */
const PART = 1024;
/** Of these each patch has a score of its own, and attention is the softmax of the scores. */
const SCORED_ALONE = ['abmil', 'gated-abmil', 'clam-sb', 'mean'];
/** The least attention of the first patch that ratios to it can be trusted from: single precision ends at 1e-38. */
const LEAST = 1e-25;

/** The features of a slide, read when they are asked for. */
export interface BagRows {
  /** Patches, and numbers of each. */
  readonly count: number;
  readonly dim: number;
  /** Rows x dim, an array of the caller's own. */
  readRows(from: number, rows: number): Promise<Float32Array>;
}

/**
 * What a classifier of slides says of each patch, of large bags in parts: attention is exp(score) over its sum, so that the ratio of
 * two patches is the same in every bag that holds both. Each part begins with the bag's first patch; ratios to it make the whole.
 * Equal to one run but for rounding (1e-6 of a value). Bags of at most `part` patches, and models whose card does not say, or of
 * other bytes, that they score patches alone, are one run.
 * @throws what `MilModel.consume` and `readRows` throw
 */
export async function predictInParts(
  model: Pick<MilModel, 'consume' | 'card' | 'sha256' | 'classes' | 'hasAttention' | 'hasInstances'>,
  bag: BagRows,
  part = PART,
): Promise<PatchPredictions> {
  const { card, sha256, hasAttention, hasInstances, classes } = model;
  const { count, dim } = bag;
  const predictWhole = async () => model.consume(await bag.readRows(0, count), count, dim);
  const scoresAlone = card?.sha256 === sha256 && SCORED_ALONE.includes(card.architecture);
  if (count <= part || !scoresAlone) return predictWhole();
  const firstRow = await bag.readRows(0, 1);
  const ratios = new Float64Array(count);
  const instanceProbabilities = new Float32Array(count * classes.length);
  for (let from = 0; from < count; from += part) {
    const patches = Math.min(part, count - from);
    const features = new Float32Array((patches + 1) * dim);
    features.set(firstRow);
    features.set(await bag.readRows(from, patches), dim);
    const found = await model.consume(features, patches + 1, dim);
    const first = found.attention?.[0] ?? 1;
    if (first < LEAST) return predictWhole();
    for (let i = 0; i < patches; i++) ratios[from + i] = (found.attention?.[i + 1] ?? 0) / first;
    instanceProbabilities.set(found.instanceProbabilities?.subarray(classes.length) ?? [], from * classes.length);
  }
  const sum = ratios.reduce((total, ratio) => total + ratio, 0);
  return {
    attention: hasAttention ? Float32Array.from(ratios, (ratio) => ratio / sum) : undefined,
    instanceProbabilities: hasInstances ? instanceProbabilities : undefined,
  };
}
