/** Arrays of one parameter: weights and momentum are written, gradients only read. */
export interface SgdArrays {
  readonly weights: Float32Array;
  readonly gradients: Float32Array;
  readonly momentum: Float32Array;
}

export interface SgdFactors {
  readonly rate: number;
  readonly weightDecay: number;
  readonly momentum: number;
  readonly nesterov: boolean;
}

/** Stochastic gradient descent with momentum, and with Nesterov's look ahead, as torch has them: decay is added to gradients. */
export function updateSgd({ weights, gradients, momentum: kept }: SgdArrays, factors: SgdFactors): void {
  const { rate, weightDecay, momentum, nesterov } = factors;
  for (let i = 0; i < weights.length; i++) {
    const g = gradients[i]! + weightDecay * weights[i]!;
    const speed = momentum * kept[i]! + g;
    kept[i] = speed;
    weights[i] = weights[i]! - rate * (nesterov ? g + momentum * speed : speed);
  }
}
