/** What the fields of each message are called and hold, by their numbers in onnx.proto. */
export type MessageName =
  | 'model'
  | 'graph'
  | 'node'
  | 'attribute'
  | 'tensor'
  | 'entry'
  | 'valueInfo'
  | 'type'
  | 'tensorType'
  | 'shape'
  | 'dimension'
  | 'opset';

/**
 * `int` is an int32, int64 or enum as a number, `big` an int64 whose every bit counts. Repeated numbers become typed arrays,
 * except `int`, a plain array.
 */
export type ScalarKind = 'int' | 'big' | 'float' | 'double' | 'string' | 'bytes';

export interface Field {
  readonly number: number;
  readonly name: string;
  readonly kind: ScalarKind | { readonly message: MessageName };
  readonly repeated: boolean;
}

const one = (number: number, name: string, kind: Field['kind']): Field => ({ number, name, kind, repeated: false });
const many = (number: number, name: string, kind: Field['kind']): Field => ({ number, name, kind, repeated: true });
const of = (message: MessageName) => ({ message });

/** Fields in the order of their numbers, which is the order they are written in. */
export const SCHEMA: Readonly<Record<MessageName, readonly Field[]>> = {
  model: [
    one(1, 'irVersion', 'int'),
    one(2, 'producerName', 'string'),
    one(3, 'producerVersion', 'string'),
    one(4, 'domain', 'string'),
    one(5, 'modelVersion', 'int'),
    one(6, 'docString', 'string'),
    one(7, 'graph', of('graph')),
    many(8, 'opsetImport', of('opset')),
    many(14, 'metadataProps', of('entry')),
    many(25, 'functions', 'bytes'),
  ],
  graph: [
    many(1, 'node', of('node')),
    one(2, 'name', 'string'),
    many(5, 'initializer', of('tensor')),
    one(10, 'docString', 'string'),
    many(11, 'input', of('valueInfo')),
    many(12, 'output', of('valueInfo')),
    many(13, 'valueInfo', of('valueInfo')),
  ],
  node: [
    many(1, 'input', 'string'),
    many(2, 'output', 'string'),
    one(3, 'name', 'string'),
    one(4, 'opType', 'string'),
    many(5, 'attribute', of('attribute')),
    one(6, 'docString', 'string'),
    one(7, 'domain', 'string'),
  ],
  attribute: [
    one(1, 'name', 'string'),
    one(2, 'f', 'float'),
    one(3, 'i', 'int'),
    one(4, 's', 'bytes'),
    one(5, 't', of('tensor')),
    one(6, 'g', of('graph')),
    many(7, 'floats', 'float'),
    many(8, 'ints', 'int'),
    many(9, 'strings', 'bytes'),
    many(10, 'tensors', of('tensor')),
    many(11, 'graphs', of('graph')),
    one(13, 'docString', 'string'),
    one(20, 'type', 'int'),
    one(21, 'refAttrName', 'string'),
  ],
  tensor: [
    many(1, 'dims', 'int'),
    one(2, 'dataType', 'int'),
    many(4, 'floatData', 'float'),
    many(5, 'int32Data', 'int'),
    many(6, 'stringData', 'bytes'),
    many(7, 'int64Data', 'big'),
    one(8, 'name', 'string'),
    one(9, 'rawData', 'bytes'),
    many(10, 'doubleData', 'double'),
    many(11, 'uint64Data', 'big'),
    one(12, 'docString', 'string'),
    many(13, 'externalData', of('entry')),
    one(14, 'dataLocation', 'int'),
  ],
  entry: [one(1, 'key', 'string'), one(2, 'value', 'string')],
  valueInfo: [one(1, 'name', 'string'), one(2, 'type', of('type')), one(3, 'docString', 'string')],
  type: [one(1, 'tensorType', of('tensorType'))],
  tensorType: [one(1, 'elemType', 'int'), one(2, 'shape', of('shape'))],
  shape: [many(1, 'dim', of('dimension'))],
  dimension: [one(1, 'dimValue', 'int'), one(2, 'dimParam', 'string')],
  opset: [one(1, 'domain', 'string'), one(2, 'version', 'int')],
};
