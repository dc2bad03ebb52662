/**
 * A command is data: what help says, the options it takes, and what it does. A command module stays light (option tables
 * and defaults only); `run` imports the heavy code when it is called, so that `--help` loads none of it.
 */
import type { Logger } from '../utils/log.ts';
import type { Progress, ProgressOptions } from '../utils/progress.ts';
import type { OptionTable, ParsedOptions } from './option-table.ts';

/** What a command gets from the frame. */
export interface CommandContext {
  readonly log: Logger;
  /** Results are wanted as JSON. */
  readonly json: boolean;
  /** Fires at Ctrl-C. */
  readonly signal: AbortSignal;
  /** Writes a result: text as it is, anything else as JSON. With `json`, a command calls it once. */
  stdout(value: unknown): void;
  /** On stderr; silent with `--quiet`, JSON lines with `--json`. */
  createProgress(options: Pick<ProgressOptions, 'label' | 'unit' | 'total' | 'initial'>): Progress;
}

/** 0: all done. 1: some of it failed. Wrong usage (2) and an interrupt (130) are thrown, not returned. */
export type CommandExit = 0 | 1;

export interface CommandExample {
  /** Behind `slideloom`. */
  readonly command: string;
  readonly describe: string;
}

/** Parsed arguments: what stands without a flag, and the options. */
export type CommandArguments<O extends OptionTable> = ParsedOptions<O> & { readonly inputs: readonly string[] };

export interface Command<O extends OptionTable = OptionTable> {
  readonly name: string;
  /** Behind the name: `SLIDES... --out DIR`. */
  readonly usage: string;
  /** One sentence for the list of commands. */
  readonly describe: string;
  /** More paragraphs for the command's own help. */
  readonly details?: readonly string[];
  readonly examples: readonly CommandExample[];
  /** How many arguments without a flag: none, one or more, or any number. */
  readonly inputs: 'none' | 'some' | 'any';
  readonly options: O;
  /** It runs until it is interrupted, which is no failure. */
  readonly endsWithInterrupt?: true;
  run(args: CommandArguments<O>, context: CommandContext): Promise<CommandExit>;
}

export function defineCommand<const O extends OptionTable>(command: Command<O>): Command<O> {
  return command;
}
