import { ModelError, OptionError } from '../utils/errors.ts';
import { addOtherLoss } from './add-other-loss.ts';
import { differentiate } from './differentiate.ts';
import { fuseGelu } from './fuse-gelu.ts';
import { DYNAMIC, type Graph, type ValueFacts, type ValueInfo } from './graph.ts';
import { addLoss } from './losses.ts';
import { narrowRows } from './narrow-rows.ts';
import { TrainAssembly, type TrainGraph, type TrainGraphOptions } from './train-assembly.ts';

/**
 * Turns a forward graph, with shapes that were probed, into one training step: the forward pass, the loss, and the gradients of
 * all trainable weights.
 * @throws OperatorError for an operator between weights and loss without a gradient; ModelError where no weight leads there
 */
export function createTrainGraph(
  forward: Graph,
  known: ReadonlyMap<string, ValueFacts>,
  options: TrainGraphOptions,
): TrainGraph {
  // onnxruntime's own Gelu is only known to be there on the processor.
  const { graph, facts } = narrowRows(options.device === 'cpu' ? fuseGelu(forward, known) : forward, known);
  const { target, known: outputFacts } = getTarget(graph, { facts, options });
  const assembly = new TrainAssembly(graph, { facts, options, target: target.name });
  assembly.lower();
  const output = options.output ?? graph.outputs[0] ?? '';
  const own = addLoss(
    assembly.builder,
    { output, target: target.name, dims: assembly.getDims(output), type: target.type },
    options.loss,
  );
  const { loss, seeds } = options.otherLoss
    ? addOtherLoss(assembly.builder, { ...own, output }, options.otherLoss)
    : { loss: own.loss, seeds: new Map([[output, own.gradient]]) };
  const gradients = differentiate(assembly, { seeds, wanted: options.trainable });
  if (gradients.size === 0)
    throw new ModelError(graph.source, `its output "${output}" does not depend on any weight that is trained`);
  return assembly.finish({ target, output: outputFacts, loss, gradients });
}

function getTarget(
  graph: Graph,
  { facts, options }: { facts: ReadonlyMap<string, ValueFacts>; options: TrainGraphOptions },
): { target: ValueInfo; known: ValueFacts } {
  const output = options.output ?? graph.outputs[0] ?? '';
  const known = facts.get(output);
  if (!graph.outputs.includes(output) || !known)
    throw new OptionError('output', `one of the model's outputs (${graph.outputs.join(', ')})`, output);
  const taken = new Set([...facts.keys()]);
  let name = 'target';
  while (taken.has(name)) name = `_${name}`;
  const dims = known.dims.map((size, axis) => (size === DYNAMIC ? `${name}:${axis}` : size));
  return { target: { name, type: known.type, dims }, known };
}
