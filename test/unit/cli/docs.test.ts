import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { COMMAND_NAMES, loadCommand } from '../../../src/cli/commands.ts';
import { formatHelp } from '../../../src/cli/format-help.ts';
import { ROOT } from '../../support/shared-data.ts';

interface Generator {
  renderCliDocs(names: readonly string[], getHelp: (name?: string) => Promise<string>): Promise<string>;
}

// After a change of a command: npm run build && node scripts/generate-cli-docs.mjs, or this test with -u.
it('docs/cli.md is the help of every command, as it is now', async () => {
  const script = pathToFileURL(join(ROOT, 'scripts/generate-cli-docs.mjs')).href;
  const { renderCliDocs }: Generator = await import(script);
  const getHelp = async (name?: string) => formatHelp(name === undefined ? undefined : await loadCommand(name));
  const page = await renderCliDocs(COMMAND_NAMES, getHelp);
  for (const name of COMMAND_NAMES) expect(page).toContain(`\n## ${name}\n`);
  await expect(page).toMatchFileSnapshot(join(ROOT, 'docs/cli.md'));
});
