import { OptionError } from '../../../utils/errors.ts';
import type { Logger } from '../../../utils/log.ts';
import type { Progress } from '../../../utils/progress.ts';
import type { CommandContext } from '../../define-command.ts';
import { nameFlags } from '../../options/convert.ts';

/** What a work on pictures is told, and tells. */
export interface PictureWork {
  readonly signal: AbortSignal;
  readonly logger: Logger;
  readonly onProgress: (progress: { readonly done: number; readonly total: number }) => void;
}

/** Does `work` with a bar of pictures, and says option errors as flags. @throws what `work` throws, UsageError */
export async function runOnPictures<T>(
  { signal, log: logger, createProgress }: CommandContext,
  { label, flags }: { readonly label: string; readonly flags: Readonly<Record<string, string>> },
  work: (parts: PictureWork) => Promise<T>,
): Promise<T> {
  let progress: Progress | undefined;
  const onProgress: PictureWork['onProgress'] = ({ done, total }) => {
    progress ??= createProgress({ label, unit: 'pictures', total, initial: done });
    progress.update(done);
  };
  try {
    const result = await work({ signal, logger, onProgress });
    progress?.done();
    return result;
  } catch (error) {
    throw error instanceof OptionError ? nameFlags(flags, error) : error;
  } finally {
    progress?.[Symbol.dispose]();
  }
}
