import { OperatorError } from '../utils/errors.ts';
import type { GradientContext, NodeContext } from './gradient-rule.ts';
import { getGradientRule } from './gradients.ts';
import { describeNode, type GraphNode, type ValueFacts } from './graph.ts';
import type { GraphBuilder } from './graph-builder.ts';
import { isDifferentiable } from './model/data-types.ts';
import { getOperatorName, stopsGradient } from './operators.ts';

/** What the differentiation of a graph works on. */
export interface Differentiation {
  readonly builder: GraphBuilder;
  /** Nodes of the forward graph in order. */
  readonly nodes: readonly GraphNode[];
  readonly facts: ReadonlyMap<string, ValueFacts>;
  /** What a node's rules may ask. */
  createContext(node: GraphNode): NodeContext;
  /** What the node's lowering kept. */
  getSaved(node: GraphNode): Readonly<Record<string, string>>;
}

/** Names of values that change when one of `sources` does, as far as gradients flow. The sources themselves are in it. */
export function findDependents(
  { nodes, facts }: { nodes: readonly GraphNode[]; facts: ReadonlyMap<string, ValueFacts> },
  sources: Iterable<string>,
): ReadonlySet<string> {
  const found = new Set(sources);
  for (const node of nodes) {
    if (stopsGradient(node) || !node.inputs.some((name) => found.has(name))) continue;
    for (const name of node.outputs) if (isDifferentiable(facts.get(name)?.type)) found.add(name);
  }
  return found;
}

/**
 * Adds the nodes that compute gradients, from the outputs back to what is `wanted`: no further, and only along values that
 * lead there.
 * @param seeds gradients of the graph's outputs, by output
 * @returns the names of the gradients by the names in `wanted`; those that no output depends on are absent
 * @throws OperatorError for an operator on the way without a rule
 */
export function differentiate(
  work: Differentiation,
  { seeds, wanted }: { seeds: ReadonlyMap<string, string>; wanted: ReadonlySet<string> },
): Map<string, string> {
  const dependents = findDependents(work, wanted);
  const gradients = new Map([...seeds].filter(([name]) => dependents.has(name)));
  const add = (name: string, gradient: string) => {
    const known = gradients.get(name);
    gradients.set(name, known === undefined ? gradient : work.builder.add('Add', [known, gradient]));
  };
  for (const node of work.nodes.toReversed()) {
    const outputGradients = node.outputs.map((name) => gradients.get(name));
    if (outputGradients.every((gradient) => gradient === undefined)) continue;
    const needs = (input: number) => dependents.has(node.inputs[input] ?? '');
    const results = applyRule(work, node, { outputGradients, needs });
    for (const [input, name] of node.inputs.entries()) {
      if (!needs(input)) continue;
      const gradient = results[input];
      if (gradient === undefined)
        throw new OperatorError(getOperatorName(node), describeNode(node), `no gradient for its input "${name}"`, {
          hint: HINT,
        });
      add(name, gradient);
    }
    // A value that is done is not asked for again.
    for (const name of node.outputs) if (!wanted.has(name)) gradients.delete(name);
  }
  return new Map([...gradients].filter(([name]) => wanted.has(name)));
}

const HINT =
  'train only what comes after it (freeze the weights before), or export the model with that part in other operators';

function applyRule(
  work: Differentiation,
  node: GraphNode,
  { outputGradients, needs }: Pick<GradientContext, 'outputGradients' | 'needs'>,
): readonly (string | undefined)[] {
  const operator = getOperatorName(node);
  const rule = getGradientRule(operator);
  if (!rule)
    throw new OperatorError(operator, describeNode(node), 'no gradient is known of this operator', { hint: HINT });
  // Rules of one output rely on it, and would leave out what comes by a second one, such as the mean of a normalization.
  const [first, ...others] = outputGradients;
  const isByFirst = first !== undefined && others.every((gradient) => gradient === undefined);
  if (!isByFirst && !SEVERAL_OUTPUTS.has(operator))
    throw new OperatorError(operator, describeNode(node), 'the gradient comes by an output that has none', {
      hint: HINT,
    });
  const context = work.createContext(node);
  return rule({ ...context, outputGradients, needs, saved: work.getSaved(node) });
}

/** Operators whose rule takes gradients of any output. */
const SEVERAL_OUTPUTS: ReadonlySet<string> = new Set(['Split']);
