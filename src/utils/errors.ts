/**
 * Every error that slideloom raises on purpose. Each class has a literal `tag` and carries the facts (slide, level, tile,
 * option) as fields, so that callers branch on data and never on message text. `cause` keeps the original error.
 *
 * Argument faults of the caller are plain `TypeError` / `RangeError` (see `options.ts`) or `OptionError` where the value
 * came from a user's option.
 */
export { CodecError, DicomError, IccError, TiffError, UnsupportedFormatError } from './errors/format-errors.ts';
export { AnnotationError, MaskError, StainError } from './errors/input-errors.ts';
export { ModelError, OperatorError, SessionError } from './errors/model-errors.ts';
export { OptionError } from './errors/option-error.ts';
export { OutputError, OutputInUseError } from './errors/output-errors.ts';
export { AbortedError, MissingPartError, WorkerError } from './errors/run-errors.ts';
export { LevelError, MissingMppError, SlideClosedError, TileError } from './errors/slide-errors.ts';
export {
  type ErrorTag,
  isSlideloomError,
  SlideloomError,
  type SlideloomErrorOptions,
} from './errors/slideloom-error.ts';
export { RemoteError, type RemoteReason, ShortReadError, SourceError } from './errors/source-errors.ts';
export { CheckpointError, DatasetError, TensorFileError, TrainingError } from './errors/training-errors.ts';
