import yargs, { type Argv, type Options } from 'yargs';
import type { Command } from './define-command.ts';
import { type OptionSpec, type OptionTable, toFlagName } from './option-table.ts';
import { GLOBAL_OPTIONS } from './options/global.ts';

/** The options that a command understands: its own, then those of every command. */
export function getOptionTable(command: Command | undefined): OptionTable {
  return { ...command?.options, ...GLOBAL_OPTIONS };
}

/** `words`: every value stays text, which `option-table.ts` converts. `help`: types are named as help shows them. */
export type ParserUse = 'words' | 'help';

/**
 * A yargs instance that knows `table` and neither exits, nor prints, nor guesses types; the last of a repeated flag wins.
 */
export function createParser(table: OptionTable, use: ParserUse): Argv {
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
  for (const [key, spec] of Object.entries(table)) parser.option(toFlagName(key), toYargs(spec, use));
  return parser;
}

function toYargs(spec: OptionSpec, use: ParserUse): Options {
  const { alias, group, type } = spec;
  return {
    type: type === 'boolean' ? 'boolean' : use === 'help' ? HELP_TYPES[type] : 'string',
    describe: describeOption(spec),
    ...(type === 'boolean' ? {} : { requiresArg: true }),
    ...(alias === undefined ? {} : { alias }),
    ...(group === undefined ? {} : { group }),
    ...(spec.default === undefined ? {} : { defaultDescription: formatDefault(spec.default) }),
  };
}

const HELP_TYPES = {
  string: 'string',
  number: 'number',
  boolean: 'boolean',
  strings: 'array',
  numbers: 'array',
} as const;

/** yargs could check choices itself, but would not say what it received. */
function describeOption({ describe, choices, required }: OptionSpec): string {
  const listed = choices === undefined ? describe : `${describe}: ${choices.join(', ')}`;
  return required ? `${listed} (required)` : listed;
}

function formatDefault(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : String(value);
}
