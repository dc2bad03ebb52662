import type { SlideWork } from '../../../pipeline/run-slide.ts';
import type { OptionTable, ParsedOptions } from '../../option-table.ts';
import { type LABEL_OPTIONS, toLabelOptions } from '../../options/labels.ts';
import { type PLAN_OPTIONS, toPlanOptions } from '../../options/plan.ts';
import { type TISSUE_OPTIONS, toTissueOptions } from '../../options/tissue.ts';
import { toWriteOptions, type WRITE_OPTIONS } from '../../options/write.ts';

type WorkTable = typeof PLAN_OPTIONS & typeof WRITE_OPTIONS & typeof LABEL_OPTIONS & typeof TISSUE_OPTIONS;
type WorkArguments = ParsedOptions<WorkTable & OptionTable> &
  ParsedOptions<WorkTable> & { tissue: boolean | undefined };

/** What `patches` and `run` do to each slide. @throws UsageError; SourceError for a file of classes that can't be read */
export async function toSlideWork(args: WorkArguments): Promise<SlideWork> {
  const write = toWriteOptions(args);
  const tissue = toTissueOptions(args);
  return {
    tissue: args.tissue === false ? false : tissue,
    patches: { ...toPlanOptions(args), ...write },
    onBadTile: write.onBadTile,
    labels: await toLabelOptions(args),
  };
}
