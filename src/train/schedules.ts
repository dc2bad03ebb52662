import { checkChoice } from '../utils/options.ts';
import { type ConstantOptions, createConstantSchedule } from './schedules/constant.ts';
import { type CosineOptions, createCosineSchedule } from './schedules/cosine.ts';
import { createPlateauSchedule, type PlateauOptions } from './schedules/plateau.ts';
import type { Schedule } from './schedules/schedule.ts';
import { createStepSchedule, type StepOptions } from './schedules/step.ts';

export const SCHEDULE_NAMES = ['constant', 'cosine', 'step', 'plateau'] as const;

export type ScheduleName = (typeof SCHEDULE_NAMES)[number];

/** Which schedule, and its own numbers. */
export type ScheduleChoice =
  | ({ readonly name: 'constant' } & ConstantOptions)
  | ({ readonly name: 'cosine' } & CosineOptions)
  | ({ readonly name: 'step' } & StepOptions)
  | ({ readonly name: 'plateau' } & PlateauOptions);

/** @throws OptionError */
export function createSchedule(choice: ScheduleChoice): Schedule {
  checkChoice('schedule', choice.name, SCHEDULE_NAMES);
  if (choice.name === 'cosine') return createCosineSchedule(choice);
  if (choice.name === 'step') return createStepSchedule(choice);
  return choice.name === 'plateau' ? createPlateauSchedule(choice) : createConstantSchedule(choice);
}
