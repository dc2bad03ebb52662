/** How two slides lie on each other, by microns: where one looks, the other follows. */

/** Microns, or pixels where a slide does not say how large they are. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where a pane looks: level-0 pixel in its middle, CSS pixels to one of them, degrees clockwise. */
export interface Look extends Point {
  readonly scale: number;
  readonly rotation: number;
}

/** A place `p` of the first slide lies on `p` turned back by `turn`, moved by `shift`, of the second. */
export interface SlideLink {
  /** Microns to a level-0 pixel of each slide. */
  readonly from: Point;
  readonly to: Point;
  readonly shift: Point;
  /** Degrees by which the second slide is shown turned clockwise against the first. */
  readonly turn: number;
}

/** What is needed to know of a slide. */
export interface SlideSize {
  readonly width: number;
  readonly height: number;
  readonly mpp: Point | null;
}

const PIXEL: Point = { x: 1, y: 1 };

/** Whether both say how large their pixels are: else a pixel of one lies on one of the other. */
export function isMeasured(first: SlideSize, second: SlideSize): boolean {
  return first.mpp !== null && second.mpp !== null;
}

/** Middle on middle: of one slide with itself each place on itself. */
export function linkMiddles(first: SlideSize, second: SlideSize): SlideLink {
  const measured = isMeasured(first, second);
  const [from, to] = [(measured && first.mpp) || PIXEL, (measured && second.mpp) || PIXEL];
  const shift = {
    x: (second.width * to.x - first.width * from.x) / 2,
    y: (second.height * to.y - first.height * from.y) / 2,
  };
  return { from, to, shift, turn: 0 };
}

/** The link by which what both show now lies on each other; the scale is that of the microns, whatever is shown. */
export function linkLooks({ from, to }: SlideLink, first: Look, second: Look): SlideLink {
  const turn = wrapDegrees(second.rotation - first.rotation);
  const turned = rotate({ x: first.x * from.x, y: first.y * from.y }, -turn);
  return { from, to, turn, shift: { x: second.x * to.x - turned.x, y: second.y * to.y - turned.y } };
}

/** Where the second slide has to look so that it shows what the first does. */
export function followLook({ from, to, shift, turn }: SlideLink, { x, y, scale, rotation }: Look): Look {
  const turned = rotate({ x: x * from.x, y: y * from.y }, -turn);
  return {
    x: (turned.x + shift.x) / to.x,
    y: (turned.y + shift.y) / to.y,
    scale: (scale * to.x) / from.x,
    rotation: rotation + turn,
  };
}

/** From the second slide to the first. */
export function reverseLink({ from, to, shift, turn }: SlideLink): SlideLink {
  const back = rotate(shift, turn);
  return { from: to, to: from, shift: { x: -back.x, y: -back.y }, turn: -turn };
}

/** For the address: microns and degrees. Undefined where it is the link that is taken without any. */
export function formatShift(link: SlideLink, usual: SlideLink): string | undefined {
  const same = Math.abs(link.shift.x - usual.shift.x) < 0.05 && Math.abs(link.shift.y - usual.shift.y) < 0.05;
  if (same && link.turn === usual.turn) return undefined;
  const numbers = [link.shift.x, link.shift.y, ...(link.turn === 0 ? [] : [link.turn])];
  return numbers.map((value) => String(Math.round(value * 100) / 100)).join(',');
}

/** Anything that is no shift is the usual one. */
export function parseShift(text: string | undefined, usual: SlideLink): SlideLink {
  const numbers = text?.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part))) ?? [];
  const [x, y, turn = 0, ...more] = numbers;
  if (x === undefined || y === undefined || more.length > 0 || !numbers.every(Number.isFinite)) return usual;
  return { ...usual, shift: { x, y }, turn };
}

/** Whether two looks differ by less than anyone can see: a hundredth of a pixel of a large screen. */
export function isSameLook(one: Look, other: Look): boolean {
  const far = Math.max(Math.abs(one.x - other.x), Math.abs(one.y - other.y)) * one.scale;
  const scaled = Math.abs(one.scale / other.scale - 1);
  return far < 0.01 && scaled < 1e-6 && Math.abs(wrapDegrees(one.rotation - other.rotation)) < 1e-4;
}

/** Clockwise, as y points down. */
function rotate({ x, y }: Point, degrees: number): Point {
  if (degrees === 0) return { x, y };
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return { x: x * cos - y * sin, y: x * sin + y * cos };
}

/** -180 to 180. */
function wrapDegrees(degrees: number): number {
  return degrees - 360 * Math.round(degrees / 360);
}
