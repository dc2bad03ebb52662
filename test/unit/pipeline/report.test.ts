import { describe, expect, it } from 'vitest';
import { renderReport } from '../../../src/pipeline/report/render-report.ts';
import type { ReportData, ReportSlide } from '../../../src/pipeline/report/report-data.ts';
import { escapeHtml, toHref } from '../../../src/utils/html.ts';
import { stripVolatile } from '../../support/strip-volatile.ts';

const HOSTILE = `<script>alert("1")</script> & 'x' data-volatile></td>`;

const DONE: ReportSlide = {
  id: 'a1',
  path: '/slides/a1.svs',
  status: 'done',
  format: 'aperio',
  width: 46000,
  height: 32914,
  mpp: { x: 0.499, y: 0.499, source: 'metadata' },
  levels: 3,
  tissueFraction: 0.3123,
  tissueAreaMm2: 117.804,
  patches: 4218,
  skipped: 3,
  badTiles: 1,
  seconds: 47.31,
  notices: ['1 tile can not be read'],
  pictures: [{ title: 'Tissue', href: 'a1/tissue/overlay.jpg', width: 400, height: 300 }],
  contactSheet: { title: 'Sample patches', href: 'a1/patches/samples.jpg' },
};
const FAILED: ReportSlide = {
  id: 'b2',
  path: '/slides/b2.svs',
  status: 'failed',
  error: 'b2.svs: the file is empty (0 bytes)',
  hint: 'copy it again',
  notices: [],
  pictures: [],
};
const EMPTY: ReportSlide = { id: 'c3', path: 'c3.svs', status: 'no-tissue', notices: [], pictures: [] };

function makeData(changes: Partial<ReportData> = {}): ReportData {
  return {
    title: 'Colon cohort',
    version: '0.1.0',
    volatile: {
      createdAt: '2025-05-04T09:31:22.123Z',
      wallSeconds: 412.4,
      patchesPerSecond: 88.25,
      peakMemoryBytes: 612e6,
      host: 'ws-3',
      node: 'v20.9.0',
    },
    options: [
      { name: 'size', value: 512 },
      { name: 'level', value: undefined },
      { name: 'overview', value: false },
    ],
    totals: { slides: 3, ok: 1, noTissue: 1, failed: 1, patches: 4218, skipped: 3, badTiles: 1, tissueMm2: 117.804 },
    slides: [DONE, EMPTY, FAILED],
    ...changes,
  };
}

/** A slide whose every text is hostile. */
const EVIL: ReportSlide = {
  ...DONE,
  id: HOSTILE,
  path: HOSTILE,
  status: 'failed',
  format: HOSTILE,
  error: HOSTILE,
  hint: HOSTILE,
  notices: [HOSTILE],
  pictures: [{ title: HOSTILE, href: HOSTILE }],
  contactSheet: { title: HOSTILE, href: HOSTILE },
};

describe('renderReport', () => {
  it('says counts, facts, reasons and what to do', () => {
    const page = renderReport(makeData());
    for (const text of [
      '1 of 3 slides done, 1 without tissue, 1 failed',
      '<dt>patches</dt><dd>4,218</dd>',
      '<dt>mm² of tissue</dt><dd>117.80</dd>',
      '46,000 × 32,914 px, 22.95 × 16.42 mm',
      '0.499 µm/px (metadata)',
      '31.2 %, 117.80 mm²',
      '<strong>Why:</strong> b2.svs: the file is empty (0 bytes)',
      '<strong>What to do:</strong> copy it again',
      '1 tile can not be read',
      '<code>overview</code></th><td>false</td>',
      '<code>level</code></th><td>–</td>',
      '2025-05-04 09:31:22 UTC',
      '6 min 52 s',
      '612 MB',
    ])
      expect(page).toContain(text);
    expect(page).not.toMatch(/undefined|NaN|\[object/);
  });

  it('shows failures first, then slides without tissue, in table and cards', () => {
    const page = renderReport(makeData());
    const order = (pattern: RegExp) => [...page.matchAll(pattern)].map((match) => match[1]);
    expect(order(/<th scope="row"><a href="#slide-\d+">(\w+)</g)).toEqual(['b2', 'c3', 'a1']);
    expect(order(/<h3 id="[\w-]+">(\w+)</g)).toEqual(['b2', 'c3', 'a1']);
  });

  it('links the table to the cards, and every id is there once', () => {
    const page = renderReport(makeData());
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    const targets = [...page.matchAll(/(?:href="#|aria-labelledby=")([^"]+)"/g)].map((match) => match[1]);
    expect(targets.length).toBeGreaterThan(6);
    for (const target of targets) expect(ids).toContain(target);
  });

  it('has pictures as relative links with words for them, loaded when seen', () => {
    const page = renderReport(makeData());
    expect(page).toContain(
      '<img src="./a1/tissue/overlay.jpg" alt="Tissue of a1" loading="lazy" width="400" height="300">',
    );
    expect(page).toContain('<img src="./a1/patches/samples.jpg" alt="Sample patches of a1" loading="lazy">');
  });

  it('asks nothing of the network and runs nothing', () => {
    const page = renderReport(makeData({ slides: [DONE, EVIL] }));
    expect(page).not.toMatch(/<script|<link|<iframe|@import|url\(|https?:|\son\w+=/i);
    for (const [, target] of page.matchAll(/(?:src|href)="([^"]*)"/g)) expect(target).toMatch(/^(\.\/|#slide-)/);
  });

  it('escapes every text', () => {
    const hostile = makeData({ title: HOSTILE, version: HOSTILE, slides: [EVIL] });
    const options = [{ name: HOSTILE, value: HOSTILE }];
    const volatile = { ...hostile.volatile, createdAt: HOSTILE, host: HOSTILE, node: HOSTILE };
    const page = renderReport({ ...hostile, options, volatile });
    expect(page.replaceAll(escapeHtml(HOSTILE), '').replaceAll(escapeHtml(toHref(HOSTILE)), '')).not.toMatch(
      /alert|script/,
    );
    expect(page.split(escapeHtml(HOSTILE)).length - 1).toBeGreaterThanOrEqual(18);
  });

  it('closes every element it opens', () => {
    const page = renderReport(makeData({ slides: [DONE, EMPTY, FAILED, EVIL] })).replace(/<style>.*<\/style>/s, '');
    const open: string[] = [];
    for (const [, close, name = ''] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*>/g)) {
      if (['meta', 'img'].includes(name)) continue;
      if (close) expect(open.pop(), `</${name}>`).toBe(name);
      else open.push(name);
    }
    expect(open).toEqual([]);
  });

  it('of no slides, and of slides of which nothing is known, is a page too', () => {
    const totals = { slides: 0, ok: 0, noTissue: 0, failed: 0, patches: 0, skipped: 0, badTiles: 0, tissueMm2: 0 };
    const volatile = { createdAt: 'x', wallSeconds: 0, patchesPerSecond: undefined, peakMemoryBytes: undefined };
    const none = renderReport(makeData({ totals, volatile, slides: [], options: [] }));
    expect(none).toContain('0 of 0 slides done, none failed');
    expect(none).not.toMatch(/undefined|NaN/);
    expect(renderReport(makeData({ slides: [EMPTY] }))).not.toMatch(/undefined|NaN/);
  });
});

describe('stripVolatile', () => {
  const again: Partial<ReportData> = {
    volatile: { createdAt: '2031-01-01T00:00:00Z', wallSeconds: 3, patchesPerSecond: undefined, peakMemoryBytes: 1 },
    slides: [
      { ...DONE, seconds: 0.2 },
      { ...EMPTY, seconds: 3 },
      { ...FAILED, seconds: 7200 },
    ],
  };

  it('makes two runs equal', () => {
    const first = makeData({ slides: [DONE, { ...EMPTY, seconds: 1 }, { ...FAILED, seconds: 2 }] });
    const [a, b] = [renderReport(first), renderReport(makeData(again))];
    expect(a).not.toBe(b);
    expect(stripVolatile(a)).toBe(stripVolatile(b));
    expect(stripVolatile(a)).not.toMatch(/2025-05-04|6 min 52|ws-3|v20\.9\.0|612 MB|47\.3/);
  });

  it('takes away nothing else, whatever slides are called', () => {
    const evil = stripVolatile(renderReport(makeData({ slides: [EVIL, DONE] })));
    for (const text of ['<dd>4,218</dd>', 'a1/tissue/overlay.jpg', '</html>', escapeHtml(HOSTILE)])
      expect(evil).toContain(text);
  });

  it.each<[string, Partial<ReportData>]>([
    ['a count', { totals: { ...makeData().totals, patches: 4219 } }],
    ['an option', { options: [{ name: 'size', value: 256 }] }],
    ['a status', { slides: [{ ...DONE, status: 'failed' }] }],
    ['a picture', { slides: [{ ...DONE, pictures: [] }] }],
  ])('leaves a difference in %s', (_name, changes) => {
    const base = changes.slides ? makeData({ slides: [DONE] }) : makeData();
    expect(stripVolatile(renderReport({ ...base, ...changes }))).not.toBe(stripVolatile(renderReport(base)));
  });
});
