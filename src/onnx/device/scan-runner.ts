import { int } from '../attributes.ts';
import type { ValueInfo } from '../graph.ts';
import { GraphBuilder } from '../graph-builder.ts';
import { DATA_TYPES } from '../model/data-types.ts';
import { countElements, type Tensor } from '../model/tensor.ts';
import { writeGraph } from '../write-graph.ts';
import type { BatchValues, Runner } from './step-runner.ts';
import { listNames, type TrainerGraph } from './trainer-graph.ts';

/**
 * Several batches in one run: the step is the body of a Scan, whose state goes in once, before the first batch, and comes out
 * once, after the last. That is worth it where each run copies the state to the device and back.
 */
export function createScanRunner(step: TrainerGraph, most: number): Runner {
  const { batch, state } = step;
  const names = new GraphBuilder(step.graph.opset, listNames(step.graph));
  const rename = (values: readonly { name: string }[]) => new Map(values.map(({ name }) => [name, names.createName()]));
  const begins = rename(state.map(({ input }) => ({ name: input })));
  const stacks = rename(batch);
  const ends = state.map(({ input }) => ({ input, end: names.createName() }));
  const [steps, losses, lengths] = [names.createName(), names.createName(), names.createName()];
  const { body, inputs } = splitGraph(step);
  const outer: ValueInfo[] = [
    ...inputs.state.map((info) => ({ ...info, name: begins.get(info.name) ?? '' })),
    ...inputs.batch.map(({ name, type, dims }) => ({ name: stacks.get(name) ?? '', type, dims: [steps, ...dims] })),
  ];
  const kept = ends.map(({ end }) => end);
  return {
    most,
    kept,
    graph: {
      opset: step.graph.opset,
      inputs: outer,
      outputs: [losses, lengths, ...kept],
      tensors: step.graph.tensors,
      nodes: [
        {
          ...{ op: 'Scan', domain: '', name: '' },
          inputs: outer.map(({ name }) => name),
          outputs: [...kept, losses, lengths],
          attributes: { body: { kind: 'graph', value: body }, num_scan_inputs: int(batch.length) },
        },
      ],
    },
    async run(session, { batches, state: before }) {
      const stacked = [...stacks].map(([name, stack]) => [stack, stackValues(batches, name)] as const);
      const renamed = [...before].map(([name, value]) => [begins.get(name) ?? '', value] as const);
      const { results, kept: after } = await session.runKeeping(new Map([...stacked, ...renamed]));
      const numbers = (name: string) => results.get(name)?.data as Float32Array;
      return {
        results: batches.map((_, at) => ({
          loss: numbers(losses)[at] ?? Number.NaN,
          gradientNorm: numbers(lengths)[at] ?? Number.NaN,
        })),
        state: new Map(
          ends.flatMap(({ input, end }) => {
            const value = after.get(end);
            return value ? [[input, value] as const] : [];
          }),
        ),
      };
    },
  };
}

/** The step as the body of a Scan: state first, then what comes with each batch. Its constants stay outside. */
function splitGraph({ graph, batch, state, loss, length }: TrainerGraph) {
  const infos = new Map(graph.inputs.map((info) => [info.name, info]));
  const find = (names: readonly string[]) => names.flatMap((name) => infos.get(name) ?? []);
  const inputs = { state: find(state.map(({ input }) => input)), batch: find(batch.map(({ name }) => name)) };
  const { graph: body = {} } = writeGraph({
    ...graph,
    inputs: [...inputs.state, ...inputs.batch],
    outputs: [...state.map(({ output }) => output), loss, length],
    tensors: new Map(),
  });
  return { body, inputs };
}

/** The values of one input, batch after batch. */
function stackValues(batches: readonly BatchValues[], name: string): Tensor {
  const tensors = batches.flatMap((batch) => batch.get(name) ?? []);
  const { type = 'float32', dims = [] } = tensors[0] ?? {};
  const count = countElements(dims);
  const { create, bytes } = DATA_TYPES[type];
  const data = new create(new ArrayBuffer(tensors.length * count * bytes), 0, tensors.length * count);
  // All arrays are of the type of the first; TypeScript can't know.
  for (const [at, one] of tensors.entries()) (data as Float32Array).set(one.data as Float32Array, at * count);
  return { type, dims: [tensors.length, ...dims], data };
}
