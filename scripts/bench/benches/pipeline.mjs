// From slides to a model of bags: everything kept as naive programs keep it, beside nothing kept.
import { PIPELINE_CASES } from '../cases/pipeline.mjs';
import { createCases } from '../lib/cases.mjs';

export const name = 'pipeline';
export const describe =
  'tissue, patches, stains, features and bags of two slides: all naive beside all optimised, and each by itself';
export const { options, run } = createCases(PIPELINE_CASES);
