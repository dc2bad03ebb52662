/**
 * Every error that slideloom raises on purpose. Each class has a literal `tag` and carries the facts (slide, level, tile,
 * option) as fields, so that callers branch on data and never on message text. `cause` keeps the original error.
 *
 * Argument faults of the caller are plain `TypeError` / `RangeError` (see `options.ts`) or `OptionError` where the value
 * came from a user's option.
 */
export type ErrorTag =
  | 'option'
  | 'source'
  | 'remote'
  | 'short-read'
  | 'unsupported-format'
  | 'tiff'
  | 'dicom'
  | 'codec'
  | 'icc'
  | 'annotation'
  | 'mask'
  | 'stain'
  | 'tile'
  | 'level'
  | 'slide-closed'
  | 'missing-mpp'
  | 'missing-part'
  | 'output'
  | 'output-in-use'
  | 'dataset'
  | 'tensor-file'
  | 'checkpoint'
  | 'training'
  | 'worker'
  | 'model'
  | 'operator'
  | 'session'
  | 'aborted';

export interface SlideloomErrorOptions {
  cause?: unknown;
  /** What the user can do about it, one sentence; shown below the message by the command line. */
  hint?: string;
}

export abstract class SlideloomError extends Error {
  abstract readonly tag: ErrorTag;
  readonly hint: string | undefined;

  constructor(message: string, options: SlideloomErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.hint = options.hint;
  }
}

/** An option has a value that can't be used. `option` is the library's camelCase name. */
export class OptionError extends SlideloomError {
  readonly tag = 'option';
  readonly option: string;
  constructor(option: string, expected: string, received: unknown, options?: SlideloomErrorOptions) {
    super(`expected ${expected} for \`${option}\` but received ${describe(received)}`, options);
    this.option = option;
  }
}

/** The bytes of a slide can't be reached: missing file, a directory, no permission, an I/O error. */
export class SourceError extends SlideloomError {
  readonly tag = 'source';
  readonly source: string;
  constructor(source: string, message: string, options?: SlideloomErrorOptions) {
    super(`${source}: ${message}`, options);
    this.source = source;
  }
}

/** What went wrong between us and a server. */
export type RemoteReason = 'status' | 'network' | 'timeout' | 'truncated' | 'changed' | 'no-ranges' | 'protocol';

/**
 * A remote file can't be read: the server refuses or fails, the connection breaks, or the file changed while it was read.
 * It is never taken for a damaged tile. `source` is the address without user, password and query, which may hold secrets.
 */
export class RemoteError extends SlideloomError {
  readonly tag = 'remote';
  readonly source: string;
  readonly reason: RemoteReason;
  /** HTTP status, where there was an answer. */
  readonly status: number | undefined;
  /** Whether the same request may succeed later. */
  readonly transient: boolean;
  /** Milliseconds that the server asks to wait. */
  readonly retryAfterMs: number | undefined;
  constructor(
    source: string,
    message: string,
    facts: {
      reason: RemoteReason;
      status?: number | undefined;
      transient?: boolean;
      retryAfterMs?: number | undefined;
    },
    options?: SlideloomErrorOptions,
  ) {
    super(`${source}: ${message}`, options);
    this.source = source;
    this.reason = facts.reason;
    this.status = facts.status;
    this.transient = facts.transient ?? false;
    this.retryAfterMs = facts.retryAfterMs;
  }
}

/** A read reached past the end of a source. Offsets and lengths are in bytes. */
export class ShortReadError extends SlideloomError {
  readonly tag = 'short-read';
  readonly source: string;
  readonly offset: number;
  readonly length: number;
  readonly size: number;
  constructor(source: string, at: { offset: number; length: number; size: number }, options?: SlideloomErrorOptions) {
    super(`${source}: bytes ${at.offset}..${at.offset + at.length} asked, the source ends at ${at.size}`, options);
    this.source = source;
    this.offset = at.offset;
    this.length = at.length;
    this.size = at.size;
  }
}

/** No slide format recognises these bytes, or a recognised one uses a feature that is not read. */
export class UnsupportedFormatError extends SlideloomError {
  readonly tag = 'unsupported-format';
  readonly source: string;
  constructor(source: string, message: string, options?: SlideloomErrorOptions) {
    super(`${source}: ${message}`, options);
    this.source = source;
  }
}

/** A TIFF structure is damaged or absurd: bad magic, IFD loop, counts or offsets beyond the file. */
export class TiffError extends SlideloomError {
  readonly tag = 'tiff';
  readonly source: string;
  /** Index of the directory in the chain (or its parent's, for a SubIFD), where one is known. */
  readonly directory: number | undefined;
  constructor(source: string, message: string, options?: SlideloomErrorOptions & { directory?: number }) {
    super(`${source}: ${message}`, options);
    this.source = source;
    this.directory = options?.directory;
  }
}

/** A DICOM file is damaged or contradicts itself: lengths beyond the file, tables that don't fit its frames. */
export class DicomError extends SlideloomError {
  readonly tag = 'dicom';
  readonly source: string;
  constructor(source: string, message: string, options?: SlideloomErrorOptions) {
    super(`${source}: ${message}`, options);
    this.source = source;
  }
}

/** Stored bytes can't be decoded by their codec. The slide wraps it in a `TileError` that says where. */
export class CodecError extends SlideloomError {
  readonly tag = 'codec';
  readonly codec: string;
  constructor(codec: string, message: string, options?: SlideloomErrorOptions) {
    super(`${codec}: ${message}`, options);
    this.codec = codec;
  }
}

/** A colour profile can't be applied: it is damaged, or not one for RGB pixels. */
export class IccError extends SlideloomError {
  readonly tag = 'icc';
  readonly source: string;
  constructor(source: string, message: string, options?: SlideloomErrorOptions) {
    super(`${source}: ${message}`, {
      hint: 'leave out --icc (library: icc) for this slide: its pixels are then as stored',
      ...options,
    });
    this.source = source;
  }
}

/** A file of annotations is damaged, contradicts itself, or says something that can't be taken as it is. */
export class AnnotationError extends SlideloomError {
  readonly tag = 'annotation';
  readonly source: string;
  /** The region or element in question, such as `Region Id="12"`, where one is known. */
  readonly element: string | undefined;
  constructor(source: string, message: string, options?: SlideloomErrorOptions & { element?: string | undefined }) {
    super(`${source}: ${options?.element === undefined ? '' : `${options.element}: `}${message}`, options);
    this.source = source;
    this.element = options?.element;
  }
}

/** A mask of labels can't be taken for a slide: it is no mask, does not lie on the slide, or has labels that nobody names. */
export class MaskError extends SlideloomError {
  readonly tag = 'mask';
  readonly source: string;
  constructor(source: string, message: string, options?: SlideloomErrorOptions) {
    super(`${source}: ${message}`, options);
    this.source = source;
  }
}

/** The stains of a picture can't be told, and the caller did not want it left as it is. */
export class StainError extends SlideloomError {
  readonly tag = 'stain';
  /** Such as `too-few-tissue-pixels`. */
  readonly reason: string;
  readonly method: string;
  constructor(method: string, reason: string, options?: SlideloomErrorOptions) {
    super(`${method}: the stains can't be told (${reason})`, {
      hint: "leave such pictures as they are (library: onDegenerate 'keep'), or find the stains of the whole slide first",
      ...options,
    });
    this.reason = reason;
    this.method = method;
  }
}

/** One stored tile can't be read or decoded. `col` and `row` count tiles of `level` from the top left. */
export class TileError extends SlideloomError {
  readonly tag = 'tile';
  readonly slide: string;
  readonly level: number;
  readonly col: number;
  readonly row: number;
  constructor(at: { slide: string; level: number; col: number; row: number }, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`${at.slide}: level ${at.level}, tile column ${at.col}, row ${at.row} can't be read: ${why}`, {
      cause,
      hint: 'choose --on-bad-tile skip (leave such patches out) or white (paint the tile white); both list every bad tile',
    });
    this.slide = at.slide;
    this.level = at.level;
    this.col = at.col;
    this.row = at.row;
  }
}

/** A level was asked for that the slide does not have. */
export class LevelError extends SlideloomError {
  readonly tag = 'level';
  readonly slide: string;
  readonly level: number;
  constructor(slide: string, level: number, levelCount: number) {
    super(`${slide}: level ${level} does not exist, the slide has levels 0 to ${levelCount - 1}`);
    this.slide = slide;
    this.level = level;
  }
}

/** A slide was used after `close()`. */
export class SlideClosedError extends SlideloomError {
  readonly tag = 'slide-closed';
  readonly slide: string;
  constructor(slide: string) {
    super(`${slide}: the slide is closed`);
    this.slide = slide;
  }
}

/** A stage works in microns and the slide says nothing of its pixel size. */
export class MissingMppError extends SlideloomError {
  readonly tag = 'missing-mpp';
  readonly slide: string;
  /** Microns per pixel that the slide's objective suggests. */
  readonly estimate: number | undefined;
  constructor(
    slide: string,
    stage: string,
    { objectivePower, estimate }: { objectivePower?: number | undefined; estimate?: number | undefined } = {},
  ) {
    const would =
      estimate === undefined
        ? 'which needs an objective, and the slide names none that says anything'
        : `an estimate, here ${Math.round(estimate * 10_000) / 10_000} µm from the ${objectivePower}x objective`;
    super(`${slide}: ${stage} needs microns per pixel and the slide has none`, {
      hint:
        'give --mpp 0.25 (library: mpp), or --mpp-csv FILE with the columns slide,mpp, or --mpp-from-objective ' +
        `(library: mppFromObjective), ${would}`,
    });
    this.slide = slide;
    this.estimate = estimate;
  }
}

/** Something optional that was asked for is not on this machine: a package, or a library of the system. */
export class MissingPartError extends SlideloomError {
  readonly tag = 'missing-part';
  /** Its name: `koffi`, `openslide`. */
  readonly part: string;
  constructor(part: string, message: string, options?: SlideloomErrorOptions) {
    super(message, options);
    this.part = part;
  }
}

/** An output can't be written: no permission, a full disk, a path that is not a folder. */
export class OutputError extends SlideloomError {
  readonly tag = 'output';
  readonly path: string;
  constructor(path: string, message: string, options?: SlideloomErrorOptions) {
    super(`${path}: ${message}`, options);
    this.path = path;
  }
}

/** Another live process holds the output folder. */
export class OutputInUseError extends SlideloomError {
  readonly tag = 'output-in-use';
  readonly path: string;
  constructor(path: string, holder: string) {
    super(`${path}: the output folder is in use by ${holder}`, {
      hint: 'wait for that run to end, or choose another --out',
    });
    this.path = path;
  }
}

/** Examples for training can't be used as they are: a damaged table, an unknown label, one patient on both sides of a split. */
export class DatasetError extends SlideloomError {
  readonly tag = 'dataset';
  readonly source: string;
  /** Such as `patient-leak`, `label-range`. */
  readonly reason: string;
  /** Line of the table from 1, where it is one line's fault. */
  readonly line: number | undefined;
  constructor(
    source: string,
    message: string,
    facts: { reason: string; line?: number | undefined },
    options?: SlideloomErrorOptions,
  ) {
    super(`${source}: ${facts.line === undefined ? '' : `line ${facts.line}: `}${message}`, options);
    this.source = source;
    this.reason = facts.reason;
    this.line = facts.line;
  }
}

/** A file of tensors (safetensors) is damaged or contradicts itself. */
export class TensorFileError extends SlideloomError {
  readonly tag = 'tensor-file';
  readonly source: string;
  constructor(source: string, message: string, options?: SlideloomErrorOptions) {
    super(`${source}: ${message}`, options);
    this.source = source;
  }
}

/** A checkpoint is none, or belongs to another model or other options than the run that would go on from it. */
export class CheckpointError extends SlideloomError {
  readonly tag = 'checkpoint';
  readonly source: string;
  constructor(source: string, message: string, options?: SlideloomErrorOptions) {
    super(`${source}: ${message}`, options);
    this.source = source;
  }
}

/** Training can't go on: the loss or a gradient is no longer a number. `step` counts from 0. */
export class TrainingError extends SlideloomError {
  readonly tag = 'training';
  readonly step: number;
  constructor(step: number, message: string, options?: SlideloomErrorOptions) {
    super(`step ${step}: ${message}`, options);
    this.step = step;
  }
}

/** A worker thread died and its item failed again after one retry. */
export class WorkerError extends SlideloomError {
  readonly tag = 'worker';
}

/** The caller's `AbortSignal` fired. */
export class AbortedError extends SlideloomError {
  readonly tag = 'aborted';
}

/** Narrows to a slideloom error, of one of the given tags where any are given. */
export function isSlideloomError(error: unknown, ...tags: ErrorTag[]): error is SlideloomError {
  return error instanceof SlideloomError && (tags.length === 0 || tags.includes(error.tag));
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null || value === undefined)
    return `${value}`;
  return Array.isArray(value) ? `an array of ${value.length}` : typeof value;
}
