import type { Color, ViewFacts } from '../../contract.ts';

/** A channel as it is shown together with others. */
export interface ShownChannel {
  /** Name of its view. */
  readonly name: string;
  readonly color: Color;
}

const WHITE: Color = [255, 255, 255];

/** How many times as bright channels are shown. */
export const GAINS = [1, 2, 4, 8, 16] as const;

/** 1 for what is none of them. */
export function parseGain(text: string | undefined): number {
  return GAINS.find((gain) => String(gain) === text) ?? 1;
}

/** In which it is shown unless another is chosen. */
export function getOwnColor({ color }: ViewFacts): Color {
  return color ?? WHITE;
}

/** All of them, in their own colours: what the slide shows itself. */
export function listOwn(views: readonly ViewFacts[]): ShownChannel[] {
  return views.filter(({ kind }) => kind === 'channel').map((view) => ({ name: view.name, color: getOwnColor(view) }));
}

/** `0,2:ff8800` of an address: positions, with a colour where it is not their own. Null for all as they are, and for what is none of this. */
export function parseChannels(text: string | undefined, views: readonly ViewFacts[]): ShownChannel[] | null {
  const own = listOwn(views);
  const chosen = (text ?? '').split(',').flatMap((part) => {
    const [, position, hex] = /^(\d+)(?::([0-9a-f]{6}))?$/i.exec(part) ?? [];
    const channel = position === undefined ? undefined : own[Number(position)];
    return channel ? [hex === undefined ? channel : { ...channel, color: parseHex(hex) }] : [];
  });
  return chosen.length === 0 ? null : chosen;
}

/** Null where all are shown in their own colours. */
export function formatChannels(shown: readonly ShownChannel[], views: readonly ViewFacts[]): string | null {
  const own = listOwn(views);
  const parts = own.flatMap(({ name, color }, position) => {
    const found = shown.find((one) => one.name === name);
    if (!found) return [];
    return [formatHex(found.color) === formatHex(color) ? `${position}` : `${position}:${formatHex(found.color)}`];
  });
  const usual = parts.length === own.length && parts.every((part) => !part.includes(':'));
  return usual || parts.length === 0 ? null : parts.join(',');
}

/** Six digits. */
export function formatHex(color: Color): string {
  return color.map((value) => value.toString(16).padStart(2, '0')).join('');
}

/** @param hex six digits, with or without `#` */
export function parseHex(hex: string): Color {
  const value = Number.parseInt(hex.replace('#', ''), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
