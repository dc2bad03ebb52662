/** Factor of a rate that rises in a straight line: 1 / steps at step 0, and 1 from step `steps` - 1 on. */
export function getWarmUp(step: number, steps: number): number {
  return step < steps ? (step + 1) / steps : 1;
}
