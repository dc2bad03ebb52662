// One step of AdamW, four weights at a time. train/optimizers/kernels/adamw-update.ts has the same operations in the same order,
// and says what they are.

/** Works in place on `count` weights, a multiple of 4, and on their moments. */
export function updateAdamw(
  weights: usize,
  gradients: usize,
  m: usize,
  v: usize,
  count: i32,
  stepSize: f32,
  decay: f32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  scale: f32,
  epsilon: f32,
): void {
  const end = weights + ((<usize>count) << 2);
  for (; weights < end; weights += 16, gradients += 16, m += 16, v += 16) {
    const g = v128.load(gradients);
    const w = v128.load(weights);
    const first = f32x4.add(f32x4.mul(f32x4.splat(beta1), v128.load(m)), f32x4.mul(f32x4.splat(rest1), g));
    const square = f32x4.mul(f32x4.mul(f32x4.splat(rest2), g), g);
    const second = f32x4.add(f32x4.mul(f32x4.splat(beta2), v128.load(v)), square);
    const deviation = f32x4.add(f32x4.mul(f32x4.sqrt(second), f32x4.splat(scale)), f32x4.splat(epsilon));
    const change = f32x4.div(f32x4.mul(f32x4.splat(stepSize), first), deviation);
    v128.store(m, first);
    v128.store(v, second);
    v128.store(weights, f32x4.sub(w, f32x4.add(f32x4.mul(f32x4.splat(decay), w), change)));
  }
}
