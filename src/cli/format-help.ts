import { loadAllCommands } from './commands.ts';
import { createParser, getOptionTable } from './create-parser.ts';
import type { Command } from './define-command.ts';

/** Characters a line where the terminal's width is unknown, and at most. */
export const HELP_WIDTH = 100;

const ABOUT = 'Whole-slide images to tissue masks, patches and reports.';
const EXIT_CODES = 'Exit codes: 0 all done, 1 some of it failed, 2 wrong usage, 130 interrupted.';
const SERVER_EXIT_CODES = 'Exit codes: 0 ended with Ctrl-C, 1 it failed, 2 wrong usage.';

/** Help of one command, or of slideloom as a whole. */
export function formatHelp(command: Command | undefined, width: number = HELP_WIDTH): Promise<string> {
  return command ? formatCommandHelp(command, width) : formatOverview(width);
}

async function formatOverview(width: number): Promise<string> {
  const parser = createParser(getOptionTable(undefined), 'help').wrap(Math.min(width, HELP_WIDTH));
  parser.usage(`slideloom <command> SLIDES... [options]\n\n${ABOUT}`);
  for (const { name, describe } of await loadAllCommands()) parser.command(name, describe);
  parser.epilogue(`slideloom <command> --help shows its options and examples.\n${EXIT_CODES}`);
  return trimLines(await parser.getHelp());
}

async function formatCommandHelp(command: Command, width: number): Promise<string> {
  const { name, usage, describe, details = [], examples, endsWithInterrupt } = command;
  const parser = createParser(getOptionTable(command), 'help').wrap(Math.min(width, HELP_WIDTH));
  parser.usage([`slideloom ${name} ${usage}`.trimEnd(), describe, ...details].join('\n\n'));
  for (const example of examples) parser.example(`slideloom ${example.command}`, example.describe);
  parser.epilogue(endsWithInterrupt ? SERVER_EXIT_CODES : EXIT_CODES);
  return trimLines(await parser.getHelp());
}

/** yargs pads its columns to the right. */
function trimLines(text: string): string {
  return text.replace(/[ \t]+$/gm, '').trim();
}
