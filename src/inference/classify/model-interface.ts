import type { SymbolicDim } from '../../onnx/graph.ts';
import { getDataType } from '../../onnx/model/data-types.ts';
import type { ValueInfoMessage } from '../../onnx/model/messages.ts';
import type { OnnxModel } from '../../onnx/model.ts';
import { HANDS_ON } from '../../onnx/operators.ts';
import { ModelError, OptionError } from '../../utils/errors.ts';

/** What a classifier of pictures takes. */
export interface PictureInput {
  readonly name: string;
  /** Pictures of each run where that is fixed; undefined where it varies. */
  readonly batch: number | undefined;
  /** Undefined where the model leaves it open. */
  readonly width: number | undefined;
  readonly height: number | undefined;
}

/** The one input of a model for pictures. @throws ModelError where it has more, or is of another kind */
export function findPictureInput({ source, graph, initializers }: OnnxModel): PictureInput {
  const [input, ...others] = (graph.input ?? []).filter(({ name }) => !initializers.has(name ?? ''));
  if (!input || others.length > 0)
    throw new ModelError(source, `${others.length + (input ? 1 : 0)} inputs, where a classifier of pictures has one`);
  const dims = readDims(input);
  const type = getDataType(input.type?.tensorType?.elemType ?? 0);
  const [batch, channels, height, width] = dims;
  const text = `${type ?? 'unknown'} [${dims.join(', ')}]`;
  if (type !== 'float32' || dims.length !== 4 || (typeof channels === 'number' && channels !== 3))
    throw new ModelError(source, `its input is ${text}, where float32 [batch, 3, height, width] is needed`, {
      hint: 'export it with pictures of three planes in single precision',
    });
  return { name: input.name ?? '', batch: toSize(batch), width: toSize(width), height: toSize(height) };
}

/** The output by this name, or the first. @throws OptionError for a name that the model does not have */
export function findOutput({ source, graph }: OnnxModel, name: string | undefined): string {
  const names = (graph.output ?? []).map((output) => output.name ?? '');
  const [first = ''] = names;
  if (name === undefined || names.includes(name)) return name ?? first;
  throw new OptionError('outputName', `one of ${names.join(', ')}, which ${source} gives`, name);
}

/** The operator that makes a value, behind those that only hand numbers on. */
export function findLastOperator({ graph }: Pick<OnnxModel, 'graph'>, output: string): string | undefined {
  const last = graph.node?.findLast((node) => node.output?.includes(output));
  const [from] = last?.input ?? [];
  if (!last?.opType || !HANDS_ON.has(last.opType) || from === undefined) return last?.opType;
  return findLastOperator({ graph }, from) ?? last.opType;
}

function readDims({ type }: ValueInfoMessage): SymbolicDim[] {
  return (type?.tensorType?.shape?.dim ?? []).map(({ dimValue, dimParam }) => dimValue ?? dimParam ?? '?');
}

/** A dimension of 0 or less is one that nobody named. */
function toSize(dim: SymbolicDim | undefined): number | undefined {
  return typeof dim === 'number' && dim > 0 ? dim : undefined;
}
