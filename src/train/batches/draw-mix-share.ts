import { createRandom } from '../../utils/random.ts';

/** Below it both draws of `drawMixShare` vanish, above it few of them are taken. */
export const MIX_ALPHA_RANGE = { min: 0.05, max: 4 } as const;

/**
 * Share for mixup (H. Zhang et al., 2018): Beta(alpha, alpha), by M. D. Jöhnk's rejection (1964).
 * @param alpha within `MIX_ALPHA_RANGE`
 */
export function drawMixShare(alpha: number, seed: number): number {
  const random = createRandom(seed);
  for (;;) {
    const a = random() ** (1 / alpha);
    const b = random() ** (1 / alpha);
    if (a + b > 0 && a + b <= 1) return a / (a + b);
  }
}
