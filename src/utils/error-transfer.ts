/**
 * Errors across the border of a thread. Structured clone keeps an `Error`'s message and loses its class and fields; here a
 * slideloom error arrives as the same class with the same facts, and so do its causes.
 */
import {
  AbortedError,
  AnnotationError,
  CheckpointError,
  CodecError,
  DatasetError,
  DicomError,
  type ErrorTag,
  IccError,
  isSlideloomError,
  LevelError,
  MaskError,
  MissingMppError,
  MissingPartError,
  ModelError,
  OperatorError,
  OptionError,
  OutputError,
  OutputInUseError,
  RemoteError,
  SessionError,
  ShortReadError,
  SlideClosedError,
  SourceError,
  StainError,
  TensorFileError,
  TiffError,
  TileError,
  TrainingError,
  UnsupportedFormatError,
  WorkerError,
} from './errors.ts';

/** Plain data, fit for `postMessage`. */
export interface TransferredError {
  /** Undefined for errors that are not slideloom's. */
  readonly tag: ErrorTag | undefined;
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** The facts of the error: its members that are text, numbers or booleans. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly cause: TransferredError | undefined;
}

/** A new tag does not compile until it has its class here. */
const CLASSES = {
  option: OptionError,
  source: SourceError,
  remote: RemoteError,
  'short-read': ShortReadError,
  'unsupported-format': UnsupportedFormatError,
  tiff: TiffError,
  dicom: DicomError,
  codec: CodecError,
  icc: IccError,
  annotation: AnnotationError,
  mask: MaskError,
  stain: StainError,
  tile: TileError,
  level: LevelError,
  'slide-closed': SlideClosedError,
  'missing-mpp': MissingMppError,
  'missing-part': MissingPartError,
  output: OutputError,
  'output-in-use': OutputInUseError,
  dataset: DatasetError,
  'tensor-file': TensorFileError,
  checkpoint: CheckpointError,
  training: TrainingError,
  worker: WorkerError,
  model: ModelError,
  operator: OperatorError,
  session: SessionError,
  aborted: AbortedError,
} satisfies Record<ErrorTag, { readonly prototype: Error }>;

/** Causes of causes are kept to this depth; a cycle ends there. */
const MAX_DEPTH = 8;

export function packError(error: unknown, depth = 0): TransferredError {
  if (!(error instanceof Error))
    return { tag: undefined, name: 'Error', message: String(error), stack: undefined, fields: {}, cause: undefined };
  return {
    tag: isSlideloomError(error) ? error.tag : undefined,
    name: error.name,
    message: error.message,
    stack: error.stack,
    fields: Object.fromEntries(Object.entries(error).filter(([, value]) => isFact(value))),
    cause: error.cause === undefined || depth === MAX_DEPTH ? undefined : packError(error.cause, depth + 1),
  };
}

/** An error of the class it had, made without its constructor: the message is already written. */
export function unpackError(packed: TransferredError): Error {
  const cause = packed.cause && unpackError(packed.cause);
  const error = new Error(packed.message, cause && { cause });
  if (packed.tag) Object.setPrototypeOf(error, CLASSES[packed.tag].prototype);
  const hidden = { configurable: true, writable: true, enumerable: false };
  if (packed.stack) Object.defineProperty(error, 'stack', { ...hidden, value: packed.stack });
  if (!packed.tag) Object.defineProperty(error, 'name', { ...hidden, value: packed.name });
  return Object.assign(error, packed.fields);
}

function isFact(value: unknown): boolean {
  return value === undefined || ['string', 'number', 'boolean'].includes(typeof value);
}
