/**
 * Options as data: one table a group, keyed by the camelCase name that the parsed arguments carry. The flag is the same
 * name in kebab-case (`tissueMpp`, `--tissue-mpp`). Parsing, help, config files and docs all read these tables.
 */
import { OptionError } from '../utils/errors.ts';

/** `strings` and `numbers` are lists: commas between on the command line, an array in a config file. */
export type OptionType = 'string' | 'number' | 'boolean' | 'strings' | 'numbers';

export interface OptionSpec {
  readonly type: OptionType;
  /** One sentence; units where there are any. */
  readonly describe: string;
  /** Shown in help. It is never filled in here: an option that is not given stays `undefined`, and the library decides. */
  readonly default?: unknown;
  readonly choices?: readonly string[];
  /** Heading in help. */
  readonly group?: string;
  readonly required?: true;
  /** One letter. */
  readonly alias?: string;
}

export type OptionTable = Readonly<Record<string, OptionSpec>>;

interface Values {
  string: string;
  number: number;
  boolean: boolean;
  strings: readonly string[];
  numbers: readonly number[];
}

type ValueOf<S extends OptionSpec> = S extends { readonly choices: readonly (infer C)[] }
  ? S['type'] extends 'strings'
    ? readonly C[]
    : C
  : Values[S['type']];

/** Parsed arguments: `undefined` where an option was not given. */
export type ParsedOptions<O extends OptionTable> = {
  readonly [K in keyof O]: O[K] extends { readonly required: true } ? ValueOf<O[K]> : ValueOf<O[K]> | undefined;
};

/** `tissueMpp` to `tissue-mpp`. */
export function toFlagName(key: string): string {
  return key.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
}

/** The same options under one heading. */
export function inGroup<const T extends OptionTable>(table: T, group: string): T {
  const entries = Object.entries(table).map(([key, spec]) => [key, { ...spec, group }]);
  return Object.fromEntries(entries) as T;
}

/** `tissueMpp` to `--tissue-mpp`, for messages. */
export function toFlag(key: string): string {
  return `--${toFlagName(key)}`;
}

/** Checks a value from the command line (always text, or a boolean) or from a config file. @throws OptionError */
export function parseOptionValue(key: string, spec: OptionSpec, value: unknown): unknown {
  const parsed = parsers[spec.type](key, value);
  if (spec.choices) for (const one of [parsed].flat()) checkOneOf(key, one, spec.choices);
  return parsed;
}

const parsers: { readonly [T in OptionType]: (key: string, value: unknown) => Values[T] } = {
  string: parseString,
  number: parseNumber,
  boolean: parseBoolean,
  strings: (key, value) => toList(value).map((one) => parseString(key, one)),
  numbers: (key, value) => toList(value).map((one) => parseNumber(key, one)),
};

function parseString(key: string, value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string' && value !== '') return value;
  throw new OptionError(toFlag(key), 'a text', value);
}

function parseNumber(key: string, value: unknown): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  throw new OptionError(toFlag(key), 'a number', value);
}

function parseBoolean(key: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  throw new OptionError(toFlag(key), 'true or false', value);
}

function toList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return typeof value === 'string' ? value.split(',').map((part) => part.trim()) : [value];
}

function checkOneOf(key: string, value: unknown, choices: readonly string[]): void {
  if (!choices.includes(String(value))) throw new OptionError(toFlag(key), `one of ${choices.join(', ')}`, value);
}
