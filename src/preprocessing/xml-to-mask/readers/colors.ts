export type Rgb = readonly [red: number, green: number, blue: number];

/** ImageScope's and HALO's colours: 0x00BBGGRR as a decimal number. */
export function parseBgr(text: string | undefined): Rgb | undefined {
  if (text === undefined || !/^\s*-?\d{1,10}\s*$/.test(text)) return undefined;
  const value = Number(text) | 0;
  return [value & 255, (value >> 8) & 255, (value >> 16) & 255];
}

/** `#rrggbb` or `#rgb`. */
export function parseHexColor(text: string | undefined): Rgb | undefined {
  const digits = /^\s*#([0-9a-f]{6}|[0-9a-f]{3})\s*$/i.exec(text ?? '')?.[1];
  if (digits === undefined) return undefined;
  const whole = digits.length === 6 ? digits : digits.replace(/./g, '$&$&');
  const value = Number.parseInt(whole, 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** QuPath's: `[r, g, b]`, or an integer 0xAARRGGBB, negative as Java has it. */
export function parseJsonColor(value: unknown): Rgb | undefined {
  if (typeof value === 'number' && Number.isInteger(value))
    return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
  if (typeof value === 'string') return parseHexColor(value);
  if (!Array.isArray(value) || value.length < 3) return undefined;
  const [red, green, blue] = value.map((each) => (isByte(each) ? each : Number.NaN));
  if (red === undefined || green === undefined || blue === undefined) return undefined;
  return Number.isNaN(red + green + blue) ? undefined : [red, green, blue];
}

function isByte(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255;
}
