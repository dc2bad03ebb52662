/** What each grey level of a channel adds to red, green and blue. */
export interface ChannelTables {
  readonly red: Uint8Array;
  readonly green: Uint8Array;
  readonly blue: Uint8Array;
}

/** Grey level v of a channel adds v * colour / 255, rounded. */
export function createChannelTables([red, green, blue]: readonly [number, number, number]): ChannelTables {
  const scale = (full: number) => Uint8Array.from({ length: 256 }, (_, level) => Math.round((level * full) / 255));
  return { red: scale(red), green: scale(green), blue: scale(blue) };
}

/** Adds a channel to RGB pixels of the same size; sums end at 255, so the order of channels does not matter. */
export function addChannel(grey: Uint8Array, rgb: Uint8ClampedArray, { red, green, blue }: ChannelTables): void {
  for (let i = 0, to = 0; i < grey.length; i++, to += 3) {
    const level = grey[i]!;
    rgb[to] = rgb[to]! + red[level]!;
    rgb[to + 1] = rgb[to + 1]! + green[level]!;
    rgb[to + 2] = rgb[to + 2]! + blue[level]!;
  }
}
