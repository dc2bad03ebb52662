import { isSlideloomError } from '../../utils/errors.ts';
import { AnswerError } from './inside-server.ts';

/** Why a slide is not in an export. */
export interface ExportFault {
  readonly tag: string;
  readonly message: string;
  readonly hint?: string;
}

/** What is the slide's own fault; undefined for what all slides would fail of. */
export function findFault(error: unknown): ExportFault | undefined {
  if (error instanceof AnswerError) {
    const { tag = 'unexpected', detail } = error.problem;
    const hint = '--on-bad-tile skip leaves out the tiles that need it';
    return { tag, message: detail, ...(tag === 'tile' && { hint }) };
  }
  if (!isSlideloomError(error, 'missing-mpp', 'option')) return undefined;
  const { tag, message, hint } = error;
  return { tag, message, ...(hint !== undefined && { hint }) };
}
