import { countLabels } from '../data/class-names.ts';
import type { Example } from '../data/example.ts';
import type { ReportFacts } from '../report/report-facts.ts';
import type { Training } from './training.ts';

/** What a phase says of its own. */
export type OwnFacts = Omit<ReportFacts, 'unit' | 'classes' | 'model' | 'data' | 'bestEpoch' | 'seconds'> & {
  readonly model: { readonly name: string; readonly input: string };
};

/** What the report says, of a training that has ended. */
export function createReportFacts({ unit, data, engine, state }: Training, own: OwnFacts): ReportFacts {
  const { classes, train, validation, compared, skipped } = data;
  const weights = engine.parameters.filter(({ kind }) => kind === 'weight');
  const count = (some: typeof weights) =>
    some.reduce((sum, { dims }) => sum + dims.reduce((product, side) => product * side, 1), 0);
  const patients = [countPatients(train), countPatients(validation)] as const;
  return {
    ...{ ...own, unit, classes },
    model: {
      ...{ ...own.model, parameters: count(weights) },
      trained: count(weights.filter(({ trainable }) => trainable)),
    },
    data: {
      train: countLabels(train, classes.length),
      validation: countLabels(validation, classes.length),
      patients: patients[0] && patients[1] ? { train: patients[0], validation: patients[1] } : undefined,
      skipped: skipped.length + state.skipped.size,
      compared,
    },
    bestEpoch: state.stopping.state.bestEpoch + 1,
    seconds: own.epochs.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

/** Undefined where the table names neither patients nor slides. */
function countPatients(examples: readonly Example[]): number | undefined {
  const names = new Set(examples.flatMap(({ patient, slide }) => patient ?? slide ?? []));
  return names.size > 0 ? names.size : undefined;
}
