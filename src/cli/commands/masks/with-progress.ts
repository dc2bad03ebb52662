import type { CommandContext } from '../../define-command.ts';

/** Tells how far `work` is from its first word on. */
export async function withProgress<T>(
  { createProgress }: Pick<CommandContext, 'createProgress'>,
  label: string,
  work: (onProgress: (progress: { done: number; total: number }) => void) => Promise<T>,
): Promise<T> {
  let progress: ReturnType<typeof createProgress> | undefined;
  try {
    return await work(({ done, total }) => {
      progress ??= createProgress({ label, unit: 'tiles', total });
      progress.update(done);
    });
  } finally {
    progress?.done();
  }
}
