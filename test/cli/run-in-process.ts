import { type CliIo, runCli } from '../../src/cli/run-cli.ts';

export interface CliOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process and collects what it writes. */
export async function runInProcess(
  argv: readonly string[],
  options: { signal?: AbortSignal } = {},
): Promise<CliOutcome> {
  const written = { stdout: '', stderr: '' };
  const io: CliIo = {
    stdout: { write: (text: string) => (written.stdout += text), columns: 100 },
    stderr: { write: (text: string) => (written.stderr += text) },
    ...options,
  };
  const code = await runCli(argv, io);
  return { code, ...written };
}
