import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

/** The command line of our side of a patch bench; see lib/patch-work.mjs, which writes it. */
export function readPatchArguments() {
  const text = { type: 'string' };
  const options = { coords: text, size: text, workers: text, mpp: text, format: text };
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...options,
      keep: { type: 'boolean' },
      fast: { type: 'boolean' },
      stain: { type: 'boolean' },
      tissue: { type: 'boolean' },
    },
  });
  return {
    ...values,
    slide: positionals[0],
    out: positionals[1],
    coords: JSON.parse(readFileSync(values.coords, 'utf8')),
    size: Number(values.size),
    workers: Number(values.workers),
    mpp: values.mpp === undefined ? undefined : Number(values.mpp),
  };
}
