import yargs, { type Argv, type Options } from 'yargs';
import type { Command } from './define-command.ts';
import { type OptionSpec, type OptionTable, toFlagName } from './option-table.ts';
import { GLOBAL_OPTIONS } from './options/global.ts';

/** The options that a command understands: its own, then those of every command. */
export function getOptionTable(command: Command | undefined): OptionTable {
  return { ...command?.options, ...GLOBAL_OPTIONS };
}

/**
 * A yargs instance that knows `table` and neither exits, nor prints, nor guesses types: values stay text, the last of a
 * repeated flag wins, and `option-table.ts` converts.
 */
export function createParser(table: OptionTable): Argv {
  const parser = yargs([])
    .scriptName('slideloom')
    .locale('en')
    .help(false)
    .version(false)
    .exitProcess(false)
    .fail(false)
    .parserConfiguration({
      'duplicate-arguments-array': false,
      'dot-notation': false,
      'camel-case-expansion': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'strip-aliased': true,
    });
  for (const [key, spec] of Object.entries(table)) parser.option(toFlagName(key), toYargs(spec));
  return parser;
}

function toYargs(spec: OptionSpec): Options {
  const { alias, group, choices } = spec;
  const boolean = spec.type === 'boolean';
  return {
    type: boolean ? 'boolean' : 'string',
    describe: describeOption(spec),
    ...(boolean ? {} : { requiresArg: true }),
    ...(alias === undefined ? {} : { alias }),
    ...(group === undefined ? {} : { group }),
    ...(spec.default === undefined ? {} : { defaultDescription: formatDefault(spec.default) }),
    // Shown in help only: a value is checked by `parseOptionValue`, which names what it received.
    ...(choices === undefined ? {} : { describe: `${describeOption(spec)}: ${choices.join(', ')}` }),
  };
}

function describeOption({ describe, required }: OptionSpec): string {
  return required ? `${describe} (required)` : describe;
}

function formatDefault(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : String(value);
}
