/** Labels of wider integers as bytes. @returns the first that is not 0..255, or undefined where all are */
export function narrowLabels(samples: ArrayLike<number>, target: Uint8Array): number | undefined {
  for (let i = 0; i < target.length; i++) {
    const label = samples[i]!;
    if (!(label >= 0 && label <= 255)) return label;
    target[i] = label;
  }
  return undefined;
}
