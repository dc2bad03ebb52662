/** Models with eight bits: weights and values are rounded to 256 levels, and onnxruntime computes with whole numbers. */
import { ModelError } from '../utils/errors.ts';
import { foldBatchNorm } from './fold-batch-norm.ts';
import { createInferenceModel } from './inference-model.ts';
import type { ModelMessage } from './model/messages.ts';
import type { OnnxModel } from './model.ts';
import { normalizeGraph } from './normalize.ts';
import { type CalibrationRuns, calibrate } from './quantize/calibrate.ts';
import { insertRounding } from './quantize/insert-rounding.ts';
import type { QuantizeOptions } from './quantize/options.ts';
import { planQuantization } from './quantize/plan-quantization.ts';
import { readGraph } from './read-graph.ts';
import { writeGraph } from './write-graph.ts';

export interface QuantizedModel {
  readonly message: ModelMessage;
  /** Operators that are computed with eight bits, and all of the same kinds. */
  readonly quantized: number;
  readonly candidates: number;
}

const LIMIT = 127;
const NARROW_LIMIT = 64;

/**
 * Static quantisation: batch normalisation goes into the convolutions, the ranges of values are learnt from `runs`, and rounding
 * is written into the graph as QuantizeLinear and DequantizeLinear. Names of inputs and outputs, and metadata, stay.
 * @throws ModelError where nothing can be quantised, or a name is none of a node; SessionError
 */
export async function quantizeModel(
  model: OnnxModel,
  runs: CalibrationRuns,
  options: QuantizeOptions,
): Promise<QuantizedModel> {
  const message = createInferenceModel(model, new Map());
  const inference: OnnxModel = { ...model, message, graph: message.graph ?? model.graph };
  const graph = foldBatchNorm(normalizeGraph(readGraph(inference)).graph);
  const unknown = options.excluded.find((name) => !graph.nodes.some((node) => node.name === name));
  if (unknown !== undefined) throw new ModelError(model.source, `it has no node "${unknown}" to leave out`);
  const plan = planQuantization(graph, new Set(options.excluded));
  const candidates = graph.nodes.filter(({ op }) => ['Conv', 'Gemm', 'MatMul'].includes(op)).length;
  if (plan.nodes.length === 0)
    throw new ModelError(model.source, 'no Conv, Gemm or MatMul with stored weights of single precision', {
      hint: 'a model that is quantised already, or of half precision, stays as it is',
    });
  const ranges = await calibrate(graph, plan.values, { runs, options });
  const limit = options.narrowWeights ? NARROW_LIMIT : LIMIT;
  const { graph: rounded, quantized } = insertRounding(graph, plan, { ranges, limit });
  if (quantized === 0)
    throw new ModelError(model.source, 'no Conv, Gemm or MatMul takes a value that can be rounded', {
      hint: 'outputs of the model stay as they are, and so does what calibration gives no finite numbers of',
    });
  const written = writeGraph({ ...rounded, tensors: new Map([...rounded.initializers, ...rounded.constants]) });
  // The file's own description of its outputs, which the passes don't know.
  const described = { ...written.graph, output: model.graph.output ?? [] };
  return {
    message: { ...written, graph: described, metadataProps: model.message.metadataProps ?? [] },
    quantized,
    candidates,
  };
}
