import type { SlideWork } from '../../../pipeline/run-slide.ts';
import { checkWriteOptions } from '../../../preprocessing/extract-patches/run-options.ts';
import { checkStainOutput } from '../../../preprocessing/extract-patches/stain-options.ts';
import type { OptionTable, ParsedOptions } from '../../option-table.ts';
import { checkWithFlags } from '../../options/convert.ts';
import { type LABEL_OPTIONS, toLabelOptions } from '../../options/labels.ts';
import { type PLAN_OPTIONS, toPlanOptions } from '../../options/plan.ts';
import { type STAIN_OPTIONS, toStainOptions } from '../../options/stain-options.ts';
import { type TISSUE_OPTIONS, toTissueOptions } from '../../options/tissue.ts';
import { toWriteOptions, type WRITE_OPTIONS } from '../../options/write.ts';

type WorkTable = typeof PLAN_OPTIONS &
  typeof WRITE_OPTIONS &
  typeof LABEL_OPTIONS &
  typeof STAIN_OPTIONS &
  typeof TISSUE_OPTIONS;
type WorkArguments = ParsedOptions<WorkTable & OptionTable> &
  ParsedOptions<WorkTable> & { tissue: boolean | undefined };

/** What `patches` and `run` do to each slide. @throws UsageError; SourceError for a file of classes that can't be read */
export async function toSlideWork(args: WorkArguments): Promise<SlideWork> {
  const write = toWriteOptions(args);
  const tissue = toTissueOptions(args);
  const stain = toStainOptions(args);
  if (stain) checkWithFlags({}, () => checkStainOutput(checkWriteOptions(write)));
  return {
    tissue: args.tissue === false ? false : tissue,
    patches: { ...toPlanOptions(args), ...write },
    onBadTile: write.onBadTile,
    labels: await toLabelOptions(args),
    stain,
  };
}
