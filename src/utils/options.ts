import { OptionError } from './errors.ts';

/** Fills in defaults; an explicit `undefined` never wins over a default. The result is frozen. */
export function withDefaults<D extends object, O extends object>(defaults: D, options: O | undefined): Readonly<D & O> {
  const merged = { ...defaults } as Record<string, unknown>;
  for (const [key, value] of Object.entries(options ?? {})) if (value !== undefined) merged[key] = value;
  return Object.freeze(merged) as Readonly<D & O>;
}

/** Throws `OptionError` unless `value` is an integer in [min, max]. */
export function checkInteger(option: string, value: unknown, range: { min?: number; max?: number } = {}): number {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = range;
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new OptionError(option, `an integer ${describeRange(min, max)}`, value);
}

/** Throws `OptionError` unless `value` is a finite number in [min, max], or above `above`. */
export function checkNumber(
  option: string,
  value: unknown,
  range: { min?: number; max?: number; above?: number } = {},
): number {
  const { min = -Infinity, max = Infinity, above = -Infinity } = range;
  if (typeof value === 'number' && Number.isFinite(value) && value >= min && value <= max && value > above)
    return value;
  const expected = above > -Infinity ? `a number above ${above}` : `a number ${describeRange(min, max)}`;
  throw new OptionError(option, expected, value);
}

/** Throws `OptionError` unless `value` is a boolean. */
export function checkBoolean(option: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new OptionError(option, 'true or false', value);
}

/** Throws `OptionError` unless `value` is one of `choices`. */
export function checkChoice<T extends string>(option: string, value: unknown, choices: readonly T[]): T {
  if (choices.includes(value as T)) return value as T;
  throw new OptionError(option, `one of ${choices.join(', ')}`, value);
}

function describeRange(min: number, max: number): string {
  const low = min > Number.MIN_SAFE_INTEGER;
  const high = max < Number.MAX_SAFE_INTEGER;
  if (low && high) return `from ${min} to ${max}`;
  if (low) return `of at least ${min}`;
  return high ? `of at most ${max}` : '';
}
