/** Arrays of one parameter: weights and both moments are written, gradients only read. All have the same length. */
export interface AdamwArrays {
  readonly weights: Float32Array;
  readonly gradients: Float32Array;
  readonly m: Float32Array;
  readonly v: Float32Array;
}

export interface AdamwFactors {
  /** Learning rate over the first moment's bias correction. */
  readonly stepSize: number;
  /** What the weights are multiplied by first: 1 - rate * decay. */
  readonly keep: number;
  readonly beta1: number;
  readonly beta2: number;
  /** Square root of the second moment's bias correction. */
  readonly root: number;
  readonly epsilon: number;
}

/** I. Loshchilov & F. Hutter, Decoupled Weight Decay Regularization (2019), algorithm 2, as torch arranges it. */
export function updateAdamw({ weights, gradients, m, v }: AdamwArrays, factors: AdamwFactors): void {
  const { stepSize, keep, beta1, beta2, root, epsilon } = factors;
  const rest1 = 1 - beta1;
  const rest2 = 1 - beta2;
  // A product is cheaper than a quotient, and there is one quotient already.
  const scale = 1 / root;
  for (let i = 0; i < weights.length; i++) {
    const g = gradients[i]!;
    const first = beta1 * m[i]! + rest1 * g;
    const second = beta2 * v[i]! + rest2 * g * g;
    m[i] = first;
    v[i] = second;
    weights[i] = weights[i]! * keep - (stepSize * first) / (Math.sqrt(second) * scale + epsilon);
  }
}
