/** What the rows of a batch should come out as. */
export interface TargetPlan {
  /** Class of each row. */
  readonly labels: readonly number[];
  readonly classCount: number;
  /** Probability that is spread over all classes alike, 0 to 1. */
  readonly smoothing: number;
  /** Share that a row keeps of itself when it is mixed with the one as far from the other end. */
  readonly mixShare: number;
}

/** Rows x classes; each row adds up to 1. A row's own class has 1 - smoothing + smoothing / classes. */
export function createTargets({ labels, classCount, smoothing, mixShare }: TargetPlan): Float32Array {
  const targets = new Float32Array(labels.length * classCount).fill(smoothing / classCount);
  const add = (row: number, label: number | undefined, share: number) => {
    const at = row * classCount + (label ?? 0);
    targets[at] = (targets[at] ?? 0) + (1 - smoothing) * share;
  };
  for (const [row, label] of labels.entries()) {
    add(row, label, mixShare);
    if (mixShare < 1) add(row, labels[labels.length - 1 - row], 1 - mixShare);
  }
  return targets;
}
