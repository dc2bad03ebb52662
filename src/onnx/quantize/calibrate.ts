import type { Graph } from '../graph.ts';
import { joinChunks } from '../model/encode-message.ts';
import type { Tensor } from '../model/tensor.ts';
import { encodeModel } from '../model.ts';
import { openSession } from '../runtime/open-session.ts';
import { writeGraph } from '../write-graph.ts';
import { countBins, extendRange } from './kernels/count-values.ts';
import type { CalibrateOptions } from './options.ts';
import { cutRange, type ValueRange } from './value-scale.ts';

/** Inputs of one run after another; called again for a second look at the same ones. */
export type CalibrationRuns = () => AsyncIterable<ReadonlyMap<string, Tensor>>;

const BINS = 2048;

/**
 * Runs a graph with the values of interest as further outputs, and learns their ranges; a second time for a percentile.
 * Memory: all these values of one run.
 * @returns a range for each value that is float32; none for others @throws SessionError
 */
export async function calibrate(
  graph: Graph,
  values: readonly string[],
  { runs, options }: { runs: CalibrationRuns; options: CalibrateOptions },
): Promise<Map<string, ValueRange>> {
  const inputs = new Set(graph.inputs.map(({ name }) => name));
  const made = values.filter((name) => !inputs.has(name));
  const message = writeGraph({
    ...{ opset: graph.opset, inputs: graph.inputs, nodes: graph.nodes },
    outputs: [...new Set([...graph.outputs, ...made])],
    tensors: new Map([...graph.initializers, ...graph.constants]),
  });
  const { threads } = options;
  const settings = { optimization: 'basic', ...(threads === undefined ? {} : { threads }) } as const;
  await using session = await openSession(joinChunks(encodeModel(message)), settings);
  const look = async (see: (name: string, data: Float32Array) => void) => {
    for await (const feeds of runs()) {
      const results = await session.run(feeds, made.length > 0 ? made : graph.outputs);
      for (const name of values) {
        const { data } = results.get(name) ?? feeds.get(name) ?? {};
        if (data instanceof Float32Array) see(name, data);
      }
    }
  };
  const ranges = new Map<string, { min: number; max: number }>();
  await look((name, data) => {
    const range = ranges.get(name) ?? { min: Infinity, max: -Infinity };
    extendRange(data, range);
    ranges.set(name, range);
  });
  if (options.method === 'min-max') return ranges;
  const bins = new Map([...ranges.keys()].map((name) => [name, new Float64Array(BINS)]));
  await look((name, data) => countBins(data, ranges.get(name) ?? { min: 0, max: 0 }, bins.get(name) ?? EMPTY));
  return new Map([...ranges].map(([name, range]) => [name, cutRange(bins.get(name) ?? EMPTY, range, options.percent)]));
}

const EMPTY = new Float64Array(1);
