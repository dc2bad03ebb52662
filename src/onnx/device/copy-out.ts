import type { GraphNode } from '../graph.ts';
import { joinChunks } from '../model/encode-message.ts';
import type { Tensor } from '../model/tensor.ts';
import { encodeModel } from '../model.ts';
import { openSession } from '../runtime/open-session.ts';
import type { DeviceTensor, Feeds, Session } from '../session.ts';
import { writeGraph } from '../write-graph.ts';

const OPSET = 17;

/**
 * Values on a device as arrays, by a graph that hands its inputs on: onnxruntime-node 1.30 has no other way.
 * @param session that has kept them
 */
export async function copyOut(
  values: ReadonlyMap<string, Tensor | DeviceTensor>,
  { device }: Pick<Session, 'device'>,
): Promise<Map<string, Float32Array>> {
  if (values.size === 0) return new Map();
  const named = [...values].map(([name, value], index) => ({
    name,
    value,
    input: `in${index}`,
    output: `out${index}`,
  }));
  const nodes: GraphNode[] = named.map(({ input, output }) => ({
    ...{ op: 'Identity', domain: '', name: '', attributes: {} },
    inputs: [input],
    outputs: [output],
  }));
  const message = writeGraph({
    opset: OPSET,
    inputs: named.map(({ input, value }) => ({ name: input, type: 'float32', dims: value.dims })),
    outputs: named.map(({ output }) => output),
    tensors: new Map(),
    nodes,
  });
  await using copier = await openSession(joinChunks(encodeModel(message)), { device });
  const feeds: Feeds = new Map(named.map(({ input, value }) => [input, value]));
  const results = await copier.run(feeds);
  return new Map(named.map(({ name, output }) => [name, results.get(output)?.data as Float32Array]));
}
