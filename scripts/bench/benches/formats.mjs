// Stored tiles of every format that there is a file for, ours beside openslide-python where it reads them; one thread each.
import { FORMAT_CASES } from '../cases/formats.mjs';
import { createCases } from '../lib/cases.mjs';

export const name = 'formats';
export const describe = 'tiles per CPU-second of each format and codec on one thread, ours beside openslide-python';
export const { options, run } = createCases(FORMAT_CASES, {});
