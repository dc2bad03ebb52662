/** How reports write numbers; the same on every machine, whatever its language. */

/** Stands where nothing is known. */
export const NONE = '–';

export function formatCount(value: number | undefined): string {
  return value === undefined ? NONE : value.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

export function formatDecimal(value: number | undefined, digits: number): string {
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return value === undefined ? NONE : value.toLocaleString('en-US', options);
}

export function formatShare(fraction: number | undefined): string {
  return fraction === undefined ? NONE : `${formatDecimal(fraction * 100, 1)} %`;
}

/** A duration: tenths of a second matter on a card, not in a run of hours. */
export function formatDuration(seconds: number): string {
  if (seconds < 60) return `${formatDecimal(seconds, 1)} s`;
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${rest} s`;
}

/** ISO 8601 as a reader likes it: `2025-05-04 09:31:22 UTC`. */
export function formatTime(iso: string): string {
  return iso.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/, '$1 $2 UTC');
}
