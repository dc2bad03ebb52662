// validate-files.mjs SLIDELOOM FILES...: validates each file, one JSON line for each, and at last the peak of memory.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, ...files] = process.argv.slice(2);
const { validateSlide } = await import(pathToFileURL(join(folder, 'preprocessing/index.js')).href);
const { isSlideloomError } = await import(pathToFileURL(join(folder, 'utils/errors.js')).href);

for (const file of files) {
  // CPU time: a busy machine is no hang, and the caller ends one.
  const before = process.cpuUsage();
  const outcome = await validate(file);
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ file, milliseconds: (user + system) / 1000, ...outcome }));
}
const [, peak] = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
console.log(JSON.stringify({ peakMegabytes: Number(peak) / 1024 }));

async function validate(file) {
  try {
    const { status, tiles } = await validateSlide(file);
    return { outcome: status, tiles };
  } catch (error) {
    return { outcome: isSlideloomError(error) ? error.tag : 'untyped', message: String(error?.message ?? error) };
  }
}
