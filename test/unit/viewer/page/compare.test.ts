import { describe, expect, it } from 'vitest';
import { choosePanes, describePanes, getLayout } from '../../../../src/viewer/page/compare/choose-panes.ts';
import {
  followLook,
  formatShift,
  isSameLook,
  linkLooks,
  linkMiddles,
  parseShift,
  reverseLink,
} from '../../../../src/viewer/page/compare/slide-link.ts';
import { formatRoute, parseRoute } from '../../../../src/viewer/page/state/route.ts';
import { formatChannels, listOwn, parseChannels } from '../../../../src/viewer/page/views/channel-choice.ts';

const FINE = { width: 40_000, height: 20_000, mpp: { x: 0.25, y: 0.25 } };
const COARSE = { width: 9000, height: 6000, mpp: { x: 1, y: 1 } };

describe('two slides that are compared', () => {
  it('show the same microns in each pixel of the screen', () => {
    const link = linkMiddles(FINE, COARSE);
    const middle = { x: 20_000, y: 10_000, scale: 0.5, rotation: 0 };
    expect(followLook(link, middle)).toEqual({ x: 4500, y: 3000, scale: 2, rotation: 0 });
    // 400 pixels of 0.25 µm to the right are 100 of 1 µm.
    expect(followLook(link, { ...middle, x: 20_400 })).toMatchObject({ x: 4600, y: 3000 });
    expect(followLook(linkMiddles(FINE, FINE), middle)).toEqual(middle);
  });

  it('lie as they were laid on each other, turned ones too', () => {
    const usual = linkMiddles(FINE, COARSE);
    const first = { x: 1000, y: 2000, scale: 0.1, rotation: 10 };
    const second = { x: 700, y: 300, scale: 3, rotation: 100 };
    const link = linkLooks(usual, first, second);
    expect(link.turn).toBe(90);
    expect(followLook(link, first)).toMatchObject({ x: expect.closeTo(700), y: expect.closeTo(300), rotation: 100 });
    // What the first shows 400 pixels (100 µm) to the right of its slide, the second has 100 µm up: it is turned by a right angle.
    const moved = followLook(link, { ...first, x: 1400 });
    expect([moved.x, moved.y]).toEqual([expect.closeTo(700), expect.closeTo(200)]);
    const back = followLook(reverseLink(link), moved);
    expect(isSameLook(back, { ...first, x: 1400 })).toBe(true);
    expect(isSameLook(back, { ...first, x: 1401 })).toBe(false);
  });

  it('take a pixel for a pixel where one says nothing of its size', () => {
    const link = linkMiddles(FINE, { ...COARSE, mpp: null });
    expect(followLook(link, { x: 20_010, y: 10_000, scale: 0.5, rotation: 0 })).toMatchObject({ x: 4510, scale: 0.5 });
  });

  it('are named by an address', () => {
    const usual = linkMiddles(FINE, COARSE);
    const link = { ...usual, shift: { x: 12.344, y: -7 }, turn: 90 };
    expect(formatShift(link, usual)).toBe('12.34,-7,90');
    expect(parseShift('12.34,-7,90', usual)).toMatchObject({ shift: { x: 12.34, y: -7 }, turn: 90 });
    expect(formatShift({ ...usual }, usual)).toBeUndefined();
    for (const none of [undefined, '', '1', '1,x', '1,', '1,2,3,4']) expect(parseShift(none, usual)).toBe(usual);
    const first = { slide: 'a b', view: null };
    const second = { slide: 'c', view: 'normalized' };
    const params = describePanes(first, second, 'curtain');
    const route = parseRoute(
      formatRoute({
        slide: 'a b',
        params: Object.fromEntries(Object.entries(params).flatMap(([key, value]) => (value ? [[key, value]] : []))),
      }),
    );
    expect([getLayout(route), choosePanes(route)]).toEqual(['curtain', [first, second]]);
    expect(describePanes(first, second, 'single')).toEqual({ view: null, compare: null, with: null, withview: null });
    expect(choosePanes(parseRoute('#/slide/x?compare=side'))).toEqual([
      { slide: 'x', view: null },
      { slide: 'x', view: null },
    ]);
    expect(choosePanes(parseRoute('#/'))).toEqual([]);
  });
});

describe('channels in an address', () => {
  const colors = [[255, 0, 0], [0, 255, 0], null] as const;
  const views = colors.map((color, index) => ({
    ...{ name: `channel-${index}`, title: `C${index}`, kind: 'channel', version: 'v', color },
  })) as Parameters<typeof listOwn>[0];

  it('are positions, with a colour where it is not their own', () => {
    const [first, , third] = listOwn(views);
    if (!first || !third) throw new Error('three channels');
    expect(third.color).toEqual([255, 255, 255]);
    const shown = [third, { ...first, color: [255, 136, 0] }] as const;
    expect(formatChannels(shown, views)).toBe('0:ff8800,2');
    expect(parseChannels('0:ff8800,2', views)).toEqual([shown[1], shown[0]]);
    expect(formatChannels(listOwn(views), views)).toBeNull();
    for (const none of [undefined, '', '7', 'x', '0:ff88']) expect(parseChannels(none, views)).toBeNull();
  });
});
