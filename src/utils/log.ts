/**
 * Messages for people and machines, on stderr; stdout belongs to results. With `progress.ts` this is the only place that
 * writes there.
 *
 * Levels, least first: `debug` (for whoever looks into slideloom), `info` (a step begins or ends), `notice` (slideloom
 * decided something on the user's behalf, such as an estimated mpp), `warn` (a result may not be what was meant),
 * `error` (something was not done).
 */
export const LOG_LEVELS = ['debug', 'info', 'notice', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Facts beside the message: numbers and names that a machine reads with `--json`. */
export type LogFields = Readonly<Record<string, unknown>>;

export type Logger = Readonly<Record<LogLevel, (message: string, fields?: LogFields) => void>>;

/** The part of a stream that is used here: `process.stderr`, or a collector in tests. */
export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

export interface LoggerOptions {
  /** Lowest level that is written; `silent` writes nothing. Default `info`. */
  level?: LogLevel | 'silent';
  /** One JSON object a line: `{time, level, message, ...fields}`. Default false. */
  json?: boolean;
  /** Default `process.stderr`. */
  stream?: TextStream;
  /** Milliseconds since 1970, for tests. */
  now?: () => number;
}

/** Erases a progress bar that stands on the current line, so that a message never runs into it. */
const CLEAR_LINE = '\r\x1b[K';

export function createLogger(options: LoggerOptions = {}): Logger {
  const { level = 'info', json = false, stream = process.stderr, now = Date.now } = options;
  const lowest = level === 'silent' ? LOG_LEVELS.length : LOG_LEVELS.indexOf(level);
  const at =
    (own: LogLevel) =>
    (message: string, fields: LogFields = {}): void => {
      if (LOG_LEVELS.indexOf(own) < lowest) return;
      stream.write(json ? formatJson(own, message, { time: now(), fields }) : formatText(own, message, stream));
    };
  return { debug: at('debug'), info: at('info'), notice: at('notice'), warn: at('warn'), error: at('error') };
}

function formatJson(level: LogLevel, message: string, extra: { time: number; fields: LogFields }): string {
  const line = { time: new Date(extra.time).toISOString(), level, message, ...extra.fields };
  return `${JSON.stringify(line, describeValue)}\n`;
}

function formatText(level: LogLevel, message: string, stream: TextStream): string {
  const prefix = level === 'info' ? '' : `${level}: `;
  return `${stream.isTTY ? CLEAR_LINE : ''}${prefix}${message}\n`;
}

/** Errors and big integers have no JSON of their own. */
function describeValue(_key: string, value: unknown): unknown {
  if (value instanceof Error) return { name: value.name, message: value.message };
  return typeof value === 'bigint' ? value.toString() : value;
}
