/** A value that a user gave for an option. */
import { SlideloomError, type SlideloomErrorOptions } from './slideloom-error.ts';

/** An option has a value that can't be used. `option` is the library's camelCase name. */
export class OptionError extends SlideloomError {
  readonly tag = 'option';
  readonly option: string;
  constructor(option: string, expected: string, received: unknown, options?: SlideloomErrorOptions) {
    super(`expected ${expected} for \`${option}\` but received ${describe(received)}`, options);
    this.option = option;
  }
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null || value === undefined)
    return `${value}`;
  return Array.isArray(value) ? `an array of ${value.length}` : typeof value;
}
