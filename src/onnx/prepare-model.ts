import { ModelError } from '../utils/errors.ts';
import type { Logger } from '../utils/log.ts';
import { findParameters, isGenerated, type Parameter } from './find-parameters.ts';
import { foldConstants } from './fold-constants.ts';
import type { Graph, ValueFacts } from './graph.ts';
import { decodeModel, type OnnxModel, readModel } from './model.ts';
import { normalizeGraph } from './normalize.ts';
import { type ProbeOptions, probeShapes } from './probe-shapes.ts';
import { readGraph } from './read-graph.ts';

export interface PrepareOptions extends ProbeOptions {
  /** Told of what is odd about the model, and on which device it runs. */
  logger?: Logger;
}

/** A model that is ready to be differentiated, evaluated or exported. */
export interface PreparedModel {
  readonly model: OnnxModel;
  /** Without what exporters write to compute shapes. */
  readonly graph: Graph;
  readonly facts: ReadonlyMap<string, ValueFacts>;
  readonly parameters: readonly Parameter[];
  /** Names of the input's dimensions that vary from run to run. */
  readonly symbols: readonly string[];
  /** The two sizes that shapes were learnt with. */
  readonly trials: readonly [number, number];
}

/** A model by its path, its bytes (of a file without external data), or as it was read. */
export type ModelSource = string | Uint8Array | OnnxModel;

/**
 * Reads a model and learns its shapes, by running it twice with small inputs.
 * @throws SourceError, ModelError, SessionError
 */
export async function prepareModel(source: ModelSource, options: PrepareOptions = {}): Promise<PreparedModel> {
  const model = await openModel(source);
  const { graph: normal, aliases } = normalizeGraph(readGraph(model));
  const probed = await probeShapes(normal, options);
  checkPictures(probed.graph);
  const graph = foldConstants(probed.graph, probed.known);
  const parameters = findParameters(graph);
  warnOfNames(model.source, { aliases, parameters, logger: options.logger });
  return { model, graph, facts: probed.facts, parameters, symbols: probed.symbols, trials: probed.trials };
}

/**
 * Heights and widths must be known. The two small sizes that shapes are learnt with may both come out of a pooling as 1, which
 * would then pass for a size that never varies, and gradients would be wrong.
 */
function checkPictures({ source, inputs }: Graph): void {
  for (const { name, dims } of inputs) {
    const open = dims.length === 4 ? dims.slice(1).find((dim) => typeof dim === 'string') : undefined;
    if (open === undefined) continue;
    throw new ModelError(source, `the dimension "${open}" of its input "${name}" has no size`, {
      hint: `give it one: sizes: { ${JSON.stringify(open)}: 224 }`,
    });
  }
}

/** Weights and statistics of a model, without running it. @throws SourceError, ModelError */
export async function readParameters(source: ModelSource): Promise<Parameter[]> {
  return findParameters(normalizeGraph(readGraph(await openModel(source))).graph);
}

/** The model itself, read where it is not yet. @throws SourceError, ModelError */
export async function openModel(source: ModelSource): Promise<OnnxModel> {
  if (typeof source === 'string') return readModel(source);
  return source instanceof Uint8Array ? decodeModel(source) : source;
}

/** Says so where the exporter lost the names of weights: training works, but checkpoints don't fit the code's names. */
function warnOfNames(
  source: string,
  facts: {
    aliases: ReadonlyMap<string, string>;
    parameters: readonly Parameter[];
    logger: Logger | undefined;
  },
): void {
  const { aliases, parameters, logger } = facts;
  const hint =
    'export with training=TrainingMode.TRAINING and do_constant_folding=False to keep them apart and by name';
  if (aliases.size > 0)
    logger?.warn(
      `${source}: ${aliases.size} weights of equal value were stored as one, and are trained as one; ${hint}`,
    );
  const renamed = parameters.filter(({ name, kind }) => kind === 'weight' && isGenerated(name));
  if (renamed.length > 0)
    logger?.notice(`${source}: ${renamed.length} weights have lost their names (${renamed[0]?.name}); ${hint}`);
}
