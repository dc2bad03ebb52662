/**
 * Amounts of memory: parsing what a user writes, printing it back, and how much this machine has.
 *
 * `KB MB GB TB` are powers of 1000 and `KiB MiB GiB TiB` powers of 1024. A bare letter (`2G`) is a power of 1024, as batch
 * schedulers and containers read it.
 */
import { totalmem } from 'node:os';
import { OptionError } from './errors.ts';

const PREFIXES = 'KMGT';
const AMOUNT = /^(\d+(?:\.\d+)?|\.\d+)\s*(?:([KMGT])(iB|B)?|B)?$/i;

/** Bytes of an amount such as `2GB`, `512 MiB`, `4G` or a plain number of bytes. @throws OptionError */
export function parseBytes(option: string, value: string | number): number {
  const bytes = typeof value === 'number' ? value : parseAmount(value);
  if (Number.isFinite(bytes) && bytes >= 0) return Math.floor(bytes);
  throw new OptionError(option, 'an amount of memory such as 2GB, 512MiB or a number of bytes', value);
}

/** Three significant digits in powers of 1000: `1.53 GB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 'B';
  for (const prefix of PREFIXES) {
    if (value < 999.5) break;
    value /= 1000;
    unit = `${prefix}B`;
  }
  return `${unit === 'B' ? value : value.toPrecision(3)} ${unit}`;
}

/** Bytes that this process may use: the machine's memory, or the limit of its container where that is smaller. */
export function getUsableMemory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

function parseAmount(text: string): number {
  const match = AMOUNT.exec(text.trim());
  if (!match) return Number.NaN;
  const exponent = PREFIXES.indexOf(match[2]?.toUpperCase() ?? '') + 1;
  const base = match[3]?.toLowerCase() === 'b' ? 1000 : 1024;
  return Number(match[1]) * (match[2] ? base ** exponent : 1);
}
