/**
 * The messages of an ONNX file as plain objects: those of onnx.proto that slideloom reads or writes. What is absent in the
 * file is absent here; fields that are not known are kept as bytes in `unknown` and written back.
 */
export interface MessageBase {
  /** Whole fields, tag and all, in the order of the file. */
  unknown?: Uint8Array[];
}

export interface EntryMessage extends MessageBase {
  key?: string;
  value?: string;
}

/** A tensor: its values in `rawData` (little-endian), in the field of its type, or in another file (`externalData`). */
export interface TensorMessage extends MessageBase {
  dims?: number[];
  dataType?: number;
  floatData?: Float32Array;
  int32Data?: number[];
  stringData?: Uint8Array[];
  int64Data?: BigInt64Array;
  name?: string;
  rawData?: Uint8Array;
  doubleData?: Float64Array;
  uint64Data?: BigInt64Array;
  docString?: string;
  externalData?: EntryMessage[];
  dataLocation?: number;
}

export interface AttributeMessage extends MessageBase {
  name?: string;
  f?: number;
  i?: number;
  s?: Uint8Array;
  t?: TensorMessage;
  g?: GraphMessage;
  floats?: Float32Array;
  ints?: number[];
  strings?: Uint8Array[];
  tensors?: TensorMessage[];
  graphs?: GraphMessage[];
  docString?: string;
  type?: number;
  refAttrName?: string;
}

export interface NodeMessage extends MessageBase {
  input?: string[];
  output?: string[];
  name?: string;
  opType?: string;
  attribute?: AttributeMessage[];
  docString?: string;
  domain?: string;
}

export interface DimensionMessage extends MessageBase {
  dimValue?: number;
  dimParam?: string;
}

export interface ShapeMessage extends MessageBase {
  dim?: DimensionMessage[];
}

export interface TensorTypeMessage extends MessageBase {
  elemType?: number;
  shape?: ShapeMessage;
}

export interface TypeMessage extends MessageBase {
  tensorType?: TensorTypeMessage;
}

export interface ValueInfoMessage extends MessageBase {
  name?: string;
  type?: TypeMessage;
  docString?: string;
}

export interface GraphMessage extends MessageBase {
  node?: NodeMessage[];
  name?: string;
  initializer?: TensorMessage[];
  docString?: string;
  input?: ValueInfoMessage[];
  output?: ValueInfoMessage[];
  valueInfo?: ValueInfoMessage[];
}

export interface OpsetMessage extends MessageBase {
  domain?: string;
  version?: number;
}

export interface ModelMessage extends MessageBase {
  irVersion?: number;
  producerName?: string;
  producerVersion?: string;
  domain?: string;
  modelVersion?: number;
  docString?: string;
  graph?: GraphMessage;
  opsetImport?: OpsetMessage[];
  metadataProps?: EntryMessage[];
  /** Functions of the model's own, not looked into. */
  functions?: Uint8Array[];
}
