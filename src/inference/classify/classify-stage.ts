import { type FolderStage, openFolderStage } from '../../utils/folder-stage.ts';
import { sha256 } from '../../utils/hash.ts';
import { VERSION } from '../../utils/version.ts';
import type { Classifier } from './open-classifier.ts';
import { type ClassifySettings, checkInputs, listClassifyOptions } from './options.ts';
import type { PictureTable } from './picture-row.ts';
import { SUMMARY_NAME } from './summary.ts';
import { PREDICTIONS_NAME, SKIPPED_NAME } from './write-predictions.ts';

/** Files of predictions, below their folder. */
export const OUTPUT_NAMES = [PREDICTIONS_NAME, SKIPPED_NAME, SUMMARY_NAME] as const;

/**
 * Takes the output folder. Predictions of the same model, options and tables are done, or are gone on with; others of this command
 * are replaced.
 * @throws OutputError where something else lies there; OutputInUseError
 */
export async function openClassifyStage(
  settings: ClassifySettings,
  { table, classifier }: { readonly table: PictureTable; readonly classifier: Classifier },
): Promise<FolderStage> {
  const { out: folder, overwrite, logger } = settings;
  const { facts, classes, device } = classifier;
  // Much of it is the card's, which may be another one today.
  const { pictures, outputName, activation, card } = facts;
  const read = { ...pictures, outputName, activation, threshold: card?.threshold };
  const opened = await openFolderStage({
    ...{ folder, stage: 'predict-patches', version: VERSION, outputs: OUTPUT_NAMES, overwrite, purpose: 'predictions' },
    input: { name: facts.name, size: table.size, quickHash: sha256([facts.sha256, table.hash].join('\n')) },
    options: { ...listClassifyOptions(settings), input: checkInputs(settings.input), classes, device, read },
  });
  if (opened.state === 'fresh' && opened.reason !== undefined) logger?.notice(`made anew: ${opened.reason}`);
  return opened;
}
