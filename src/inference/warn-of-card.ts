import type { Logger } from '../utils/log.ts';

/** A card that was written for other bytes is used all the same, as a model may have been mended; but it is told. */
export function warnOfCard(
  modelPath: string,
  card: { readonly sha256: string } | undefined,
  { sha256, logger }: { readonly sha256: string; readonly logger?: Logger | undefined },
): void {
  if (card && card.sha256 !== sha256)
    logger?.warn(`${modelPath}: its card is of a file with other bytes; what it says is used nevertheless`);
}
