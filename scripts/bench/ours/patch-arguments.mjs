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
      shards: { type: 'boolean' },
      unchecked: { type: 'boolean' },
    },
  });
  return {
    ...values,
    slide: positionals[0],
    out: positionals[1],
    coords: readCorners(values.coords),
    size: Number(values.size),
    workers: Number(values.workers),
    mpp: values.mpp === undefined ? undefined : Number(values.mpp),
  };
}

/** `[[x, y], ...]` as flat numbers, read from the bytes: pairs of JSON would be objects of this process, not of the library. */
function readCorners(file) {
  const bytes = readFileSync(file);
  const numbers = new Int32Array(bytes.length >> 1);
  let [count, at] = [0, 0];
  while (at < bytes.length) {
    const first = at;
    let value = 0;
    for (; isDigit(bytes[at]); at++) value = value * 10 + bytes[at] - 48;
    if (at > first) numbers[count++] = value;
    at++;
  }
  return numbers.slice(0, count);
}

function isDigit(byte) {
  return byte >= 48 && byte <= 57;
}
