import { BAD_IMAGE_CHOICES } from '../../train/data/check-images.ts';
import type { OptionTable } from '../option-table.ts';

/** How pictures of tables are found and read; the same wherever a model sees them. @param group heading of the help */
export function createPictureOptions(group: string) {
  return {
    imageRoot: {
      type: 'string',
      describe: 'folder that the paths of the tables start at',
      default: "the table's own",
      group,
    },
    onBadImage: {
      type: 'string',
      choices: BAD_IMAGE_CHOICES,
      describe: "a picture that can't be read ends the run, or is left out and named",
      default: 'fail',
      group,
    },
  } as const satisfies OptionTable;
}
