import { pickSamples } from '../../io/kernels/pick-samples.ts';
import { createSampleArray, type SampleBlock, type SampleRaster } from '../../io/sample-raster.ts';

/** One of the samples of each pixel. */
export function pickBlock({ width, height, samples, type, data }: SampleBlock, channel: number): SampleRaster {
  if (samples === 1) return { width, height, type, data };
  const picked = createSampleArray(type, width * height);
  return { width, height, type, data: pickSamples(data, picked, { channel, samples }) };
}
