/** Which models of bags there are, and what they and their training begin with: without anything of ONNX. */

export const MIL_ARCHITECTURES = ['abmil', 'gated-abmil', 'clam-sb', 'mean', 'max'] as const;
export type MilArchitecture = (typeof MIL_ARCHITECTURES)[number];

export interface CreateMilModelOptions {
  /** Numbers of an instance. */
  featureDim: number;
  /** Logits of a bag. */
  classes: number;
  /** Columns of the hidden layer: of the head, in clam-sb of the layer before the attention. Default 512. */
  hidden?: number;
  /** Columns within the attention. Default 256. */
  attention?: number;
  /** Share that dropout drops in training: in the attention, and after the hidden layer. Default 0.25. */
  dropout?: number;
  /** Of the weights: the same seed gives the same bytes. */
  seed: number;
}

export const MIL_MODEL_DEFAULTS = { hidden: 512, attention: 256, dropout: 0.25 } as const;

/** CLAM's loss of instances: cross-entropy of the k instances of highest and the k of lowest attention. */
export interface InstanceLossChoice {
  /** How much of the total the bag's loss is, above 0 to 1; the instances' is the rest. With 1 there are no classifiers of instances. */
  bagWeight?: number;
  /** Instances at each end of the order; fewer in a bag of fewer than 2 k. */
  k?: number;
  /** Of the classifiers of instances. */
  seed?: number;
}

export const INSTANCE_LOSS_DEFAULTS = { bagWeight: 0.7, k: 8, seed: 0 } as const;
