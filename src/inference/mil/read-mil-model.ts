import { basename } from 'node:path';
import { hashModel } from '../../onnx/hash-model.ts';
import { getDataType } from '../../onnx/model/data-types.ts';
import type { ValueInfoMessage } from '../../onnx/model/messages.ts';
import { type OnnxModel, readModel } from '../../onnx/model.ts';
import { type MilCard, readMilCard } from '../../train/mil-card.ts';
import { ModelError, OptionError } from '../../utils/errors.ts';
import type { Logger } from '../../utils/log.ts';
import { findLastOperator } from '../classify/model-interface.ts';
import { warnOfCard } from '../warn-of-card.ts';
import type { MilReadOptions } from './model-options.ts';

/** A classifier of slides, and how it is fed and read, before it is opened. */
export interface MilFacts {
  readonly path: string;
  readonly name: string;
  /** Of all bytes that decide what it computes: `hashModel`. */
  readonly sha256: string;
  readonly card: MilCard | undefined;
  readonly input: BagInput;
  readonly outputs: {
    readonly logits: string;
    readonly attention: string | undefined;
    readonly instances: string | undefined;
  };
  /** What the outputs of the slide and of its patches end in, where it makes probabilities: they need no softmax. */
  readonly endings: { readonly logits: Ending; readonly instances: Ending };
  readonly classes: readonly string[] | undefined;
  readonly temperature: number;
  readonly threshold: number | undefined;
}

/** What the graph takes: one bag. */
interface BagInput {
  readonly name: string;
  readonly featureDim: number;
  /** Its dimensions begin with a batch, which is one bag. */
  readonly batched: boolean;
  /** Second input of models that let bags be padded: 1 for each patch. */
  readonly mask: string | undefined;
}

export type Ending = 'softmax' | 'sigmoid' | undefined;

const ENDINGS: Readonly<Record<string, Ending>> = { Softmax: 'softmax', Sigmoid: 'sigmoid' };

/**
 * Reads a model and its card; options win over the card.
 * @throws SourceError; ModelError where it does not take bags of features; OptionError for an output that it does not have
 */
export async function readMilModel(
  path: string,
  options: MilReadOptions & { logger?: Logger | undefined },
): Promise<MilFacts> {
  const model = await readModel(path);
  const sha256 = await hashModel(path, model);
  const card = await readMilCard(path);
  warnOfCard(path, card, { sha256, logger: options.logger });
  const outputs = findOutputs(model, options);
  const findEnding = (output = '') => ENDINGS[findLastOperator(model, output) ?? ''];
  const endings = { logits: findEnding(outputs.logits), instances: findEnding(outputs.instances) };
  const temperature = options.temperature ?? card?.temperature ?? 1;
  if (endings.logits && temperature !== 1)
    throw new OptionError('temperature', `1, as ${path} ends in ${endings.logits} and gives no logits`, temperature);
  return {
    ...{ path, name: basename(path), sha256, card, outputs, input: findBagInput(model, card) },
    endings,
    classes: options.classes ?? card?.classes,
    temperature,
    threshold: options.threshold ?? card?.threshold ?? undefined,
  };
}

function findBagInput({ source, graph, initializers }: OnnxModel, card: MilCard | undefined): BagInput {
  const [input, mask, ...others] = (graph.input ?? []).filter(({ name }) => !initializers.has(name ?? ''));
  const { text, type, dims } = describe(input);
  const batched = dims.length === 3;
  const [count, featureDim] = batched ? dims.slice(1) : dims;
  const isBag = type === 'float32' && (dims.length === 2 || (batched && (dims[0] ?? 1) === 1));
  if (!input || !isBag || typeof count === 'number')
    throw new ModelError(
      source,
      `its input is ${text}, where float32 [patches, features] is needed, any number of them`,
      {
        hint: 'give a classifier of slides, exported with a dynamic first dimension (torch.onnx.export: dynamic_axes)',
      },
    );
  if (featureDim === undefined)
    throw new ModelError(source, `its input is ${text}: it does not say how many features a patch has`, {
      hint: 'export it with a fixed last dimension',
    });
  if (card && card.input.featureDim !== featureDim)
    throw new ModelError(source, `it takes ${featureDim} features, and its card says ${card.input.featureDim}`, {
      hint: 'mend or remove the card',
    });
  const unknown = [...(mask && !isMask(mask) ? [mask] : []), ...others].map(({ name }) => name);
  if (unknown.length > 0)
    throw new ModelError(
      source,
      `it also wants ${unknown.join(', ')}, where a classifier of slides takes features alone`,
    );
  return { name: input.name ?? '', featureDim, batched, mask: mask?.name };
}

function isMask(input: ValueInfoMessage): boolean {
  const { type, dims } = describe(input);
  return input.name === 'mask' && type === 'float32' && dims.length === 1;
}

/** Sizes of an input; undefined where one is open. */
function describe(input: ValueInfoMessage | undefined) {
  const { elemType = 0, shape } = input?.type?.tensorType ?? {};
  const type = getDataType(elemType);
  const dims = (shape?.dim ?? []).map(({ dimValue }) =>
    dimValue !== undefined && dimValue > 0 ? dimValue : undefined,
  );
  const names = (shape?.dim ?? []).map(({ dimValue, dimParam }) => dimValue ?? dimParam ?? '?');
  return { type, dims, text: `${type ?? 'unknown'} [${names.join(', ')}]` };
}

function findOutputs({ source, graph }: OnnxModel, options: MilReadOptions): MilFacts['outputs'] {
  const names = (graph.output ?? []).map(({ name }) => name ?? '');
  const find = (option: 'logitsOutput' | 'attentionOutput' | 'instanceOutput', usual: string) => {
    const asked = options[option];
    if (asked !== undefined && !names.includes(asked))
      throw new OptionError(option, `one of ${names.join(', ')}, which ${source} gives`, asked);
    return asked ?? names.find((name) => name === usual);
  };
  return {
    logits: find('logitsOutput', 'logits') ?? names[0] ?? '',
    attention: find('attentionOutput', 'attention'),
    instances: find('instanceOutput', 'instance_logits'),
  };
}
