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
  /** The share of itself that a weight loses: rate * decay. */
  readonly decay: number;
  readonly beta1: number;
  readonly beta2: number;
  /** Square root of the second moment's bias correction. */
  readonly root: number;
  readonly epsilon: number;
}

/** The factors of a step as its arithmetic takes them, in the order of the kernel's arguments: rounded to 32 bits. */
export type RoundedFactors = readonly [
  ...[stepSize: number, decay: number, beta1: number, rest1: number, beta2: number, rest2: number],
  ...[scale: number, epsilon: number],
];

export function roundFactors({ stepSize, decay, beta1, beta2, root, epsilon }: AdamwFactors): RoundedFactors {
  // A product is cheaper than a quotient, and there is one quotient already.
  const all = [stepSize, decay, beta1, 1 - beta1, beta2, 1 - beta2, 1 / root, epsilon];
  return all.map(Math.fround) as unknown as RoundedFactors;
}

/**
 * I. Loshchilov & F. Hutter, Decoupled Weight Decay Regularization (2019), algorithm 2, as torch arranges it and in its single
 * precision. A weight is written once, less its decay and its change together: multiplied with 1 - decay first, as torch does,
 * small decays are lost in rounding.
 */
export function updateAdamwPlain({ weights, gradients, m, v }: AdamwArrays, factors: RoundedFactors): void {
  const [stepSize, decay, beta1, rest1, beta2, rest2, scale, epsilon] = factors;
  const { fround, sqrt } = Math;
  for (let i = 0; i < weights.length; i++) {
    const g = gradients[i]!;
    const w = weights[i]!;
    const first = fround(fround(beta1 * m[i]!) + fround(rest1 * g));
    const second = fround(fround(beta2 * v[i]!) + fround(fround(rest2 * g) * g));
    const deviation = fround(fround(fround(sqrt(second)) * scale) + epsilon);
    const change = fround(fround(stepSize * first) / deviation);
    m[i] = first;
    v[i] = second;
    weights[i] = w - fround(fround(decay * w) + change);
  }
}
