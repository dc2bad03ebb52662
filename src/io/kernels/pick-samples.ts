import type { SampleArray } from '../sample-raster.ts';

/** Every `samples`-th value from `channel` on, into `out`. */
export function pickSamples<A extends SampleArray>(
  values: A,
  out: A,
  { channel, samples }: { channel: number; samples: number },
): A {
  for (let from = channel, to = 0; to < out.length; from += samples, to++) out[to] = values[from]!;
  return out;
}
