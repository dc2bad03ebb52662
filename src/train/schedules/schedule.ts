/** Where a run stands, both from 0. */
export interface TrainingTime {
  /** Steps of the optimiser. */
  readonly step: number;
  readonly epoch: number;
}

/** The learning rate over a run. */
export interface Schedule {
  getRate(time: TrainingTime): number;
  /** Called at the end of each epoch with the figure that is watched; schedules that don't look at it ignore it. */
  observe(figure: number): void;
  /** Numbers that `restore` takes, for checkpoints; empty where the time says all. */
  readonly state: Readonly<Record<string, number>>;
  restore(state: Readonly<Record<string, number>>): void;
}

/** A schedule that depends on the time alone. */
export function createTimedSchedule(getRate: (time: TrainingTime) => number): Schedule {
  return { getRate, observe() {}, state: {}, restore() {} };
}
