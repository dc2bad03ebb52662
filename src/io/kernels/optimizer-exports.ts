/** What the kernels of optimisers export. Addresses are bytes; each kernel's file explains the rest. */
export interface OptimizerExports {
  updateAdamw(
    ...args: [
      ...[weights: number, gradients: number, m: number, v: number, count: number],
      ...[stepSize: number, decay: number, beta1: number, rest1: number, beta2: number, rest2: number],
      ...[scale: number, epsilon: number],
    ]
  ): void;
}
