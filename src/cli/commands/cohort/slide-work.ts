import type { SlideWork } from '../../../pipeline/run-slide.ts';
import type { OptionTable, ParsedOptions } from '../../option-table.ts';
import { type PLAN_OPTIONS, toPlanOptions } from '../../options/plan.ts';
import { type TISSUE_OPTIONS, toTissueOptions } from '../../options/tissue.ts';
import { toWriteOptions, type WRITE_OPTIONS } from '../../options/write.ts';

type WorkTable = typeof PLAN_OPTIONS & typeof WRITE_OPTIONS & typeof TISSUE_OPTIONS;
type WorkArguments = ParsedOptions<WorkTable & OptionTable> &
  ParsedOptions<WorkTable> & { tissue: boolean | undefined };

/** What `patches` and `run` do to each slide. @throws UsageError */
export function toSlideWork(args: WorkArguments): SlideWork {
  const write = toWriteOptions(args);
  const tissue = toTissueOptions(args);
  return {
    tissue: args.tissue === false ? false : tissue,
    patches: { ...toPlanOptions(args), ...write },
    onBadTile: write.onBadTile,
  };
}
