import { countLabels } from '../data/class-names.ts';
import type { Example } from '../data/example.ts';
import type { ReportFacts } from '../report/report-facts.ts';
import type { Exported } from './export-best.ts';
import type { EpochLine } from './metrics-log.ts';
import { listPhase1Options } from './options.ts';
import type { Training } from './training.ts';

/** What the report says, of a training that has ended. */
export function createReportFacts(
  { settings, data, model, engine, state }: Training,
  { evaluation, judged }: Exported,
  epochs: readonly EpochLine[],
): ReportFacts {
  const { classes, train, validation, compared, skipped } = data;
  const weights = engine.parameters.filter(({ kind }) => kind === 'weight');
  const count = (some: typeof weights) =>
    some.reduce((sum, { dims }) => sum + dims.reduce((product, side) => product * side, 1), 0);
  const { width, height } = model.pictures;
  const patients = [countPatients(train), countPatients(validation)] as const;
  return {
    title: `Phase 1: ${model.name}, ${classes.length} classes`,
    classes,
    model: {
      ...{ name: model.name, parameters: count(weights), width, height },
      trained: count(weights.filter(({ trainable }) => trainable)),
    },
    data: {
      train: countLabels(train, classes.length),
      validation: countLabels(validation, classes.length),
      patients: patients[0] && patients[1] ? { train: patients[0], validation: patients[1] } : undefined,
      skipped: skipped.length + state.skipped.size,
      compared,
    },
    options: listPhase1Options(settings),
    epochs,
    bestEpoch: state.stopping.state.bestEpoch + 1,
    evaluation,
    predictions: judged,
    paths: judged.paths,
    seconds: epochs.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

/** Undefined where the table names neither patients nor slides. */
function countPatients(examples: readonly Example[]): number | undefined {
  const names = new Set(examples.flatMap(({ patient, slide }) => patient ?? slide ?? []));
  return names.size > 0 ? names.size : undefined;
}
