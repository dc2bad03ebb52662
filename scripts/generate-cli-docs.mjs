#!/usr/bin/env node
// Writes docs/cli.md from the help of every command. Needs the built package (npm run build).
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const INTRODUCTION = `# Command line

<!-- Generated from the commands' own help: npm run build && node scripts/generate-cli-docs.mjs -->

\`slideloom <command> SLIDES... [options]\`. SLIDES are files, folders (searched at any depth), globs, or a CSV with the
column \`slide\` and, where needed, \`mpp\`.

- Results go to stdout; progress, messages and errors go to stderr.
- \`--json\` gives one JSON document on stdout, also for an error: \`{"error": {"tag", "message", "hint", ...}}\`.
- A default in square brackets is the library's own; an option that is not given is left to the library.
- Lists take commas: \`--combine-methods otsu,hsv\`. A switch is turned off with \`no\`: \`--no-overview\`.

| Exit code | Meaning |
|---|---|
| 0 | all done |
| 1 | some of it failed; the others were done |
| 2 | wrong usage: an unknown command, option or config key, or a value that can not be used |
| 130 | interrupted; the same command goes on where it stopped |

## Config file

\`--config FILE\` reads options from YAML or JSON, under the names of the flags (\`tissue-mpp\`, or \`tissueMpp\`), and slides
from \`inputs\`. Flags win over the file. One file may serve several commands: an option that belongs to another command
is passed over, a name that no command knows is an error. Paths are relative to the working folder.

\`\`\`yaml
inputs: [slides/]
size: 256
patch-mpp: 0.5
method: combine
combine-methods: [otsu, hsv]
on-bad-tile: skip
\`\`\`
`;

/** The page. `names` are the commands in order; `getHelp` gives the help of one, or of all without a name. */
export async function renderCliDocs(names, getHelp) {
  const sections = [INTRODUCTION, `## All commands\n\n${fence(await getHelp())}`];
  for (const name of names) sections.push(`## ${name}\n\n${fence(await getHelp(name))}`);
  return `${sections.map((section) => section.trimEnd()).join('\n\n')}\n`;
}

function fence(text) {
  return `\`\`\`text\n${text.trimEnd()}\n\`\`\`\n`;
}

async function main() {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const load = (path) => import(pathToFileURL(join(root, 'dist', 'cli', path)).href);
  const [{ COMMAND_NAMES, loadCommand }, { formatHelp }] = await Promise.all([
    load('commands.js'),
    load('format-help.js'),
  ]);
  const page = await renderCliDocs(COMMAND_NAMES, async (name) => formatHelp(name && (await loadCommand(name))));
  writeFileSync(join(root, 'docs', 'cli.md'), page);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
