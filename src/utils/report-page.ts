import { Html, type HtmlValue, html } from './html.ts';

export interface PageParts {
  readonly title: string;
  /** Of slideloom. */
  readonly version: string;
  /** What matters most, in a line. */
  readonly summary: string;
  /** Style of what only this page has. */
  readonly style: string;
  readonly content: HtmlValue;
  readonly footer: HtmlValue;
}

/** The page of a report: no script and no request; light and dark by the reader's setting, black on white when printed. */
export function renderPage({ title, version, summary, style, content, footer }: PageParts): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="slideloom ${version}">
<title>${title}</title>
<style>${new Html(PAGE_STYLE + style)}</style>
</head>
<body>
<header class="top">
<p class="mark">slideloom ${version}</p>
<h1>${title}</h1>
<p class="summary">${summary}</p>
</header>
<main>
${content}</main>
<footer><p>${footer}</p></footer>
</body>
</html>
`;
  return page.toString();
}

/** A table of options and what they are. */
export function renderOptions(
  options: readonly { readonly name: string; readonly value: unknown }[],
  caption = 'Defaults included',
): Html {
  return html`<section aria-labelledby="options">
<h2 id="options">Options</h2>
<div class="scroll"><table class="options">
<caption>${caption}</caption>
<thead><tr><th scope="col">Option</th><th scope="col">Value</th></tr></thead>
<tbody>${options.map(({ name, value }) => html`<tr><th scope="row"><code>${name}</code></th><td>${String(value ?? '–')}</td></tr>`)}</tbody>
</table></div>
</section>
`;
}

export interface PageTile {
  readonly name: string;
  readonly value: string;
  readonly mark?: 'warn' | 'bad' | false;
}

/** Figures that are to be seen first. */
export function renderTiles(tiles: readonly PageTile[]): Html {
  return html`<section aria-label="Totals">
<dl class="tiles">${tiles.map(({ name, value, mark }) => html`<div class="tile ${mark || 'plain'}"><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</section>
`;
}

const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f4f8; --card: #ffffff; --ink: #221b2b; --soft: #655c70; --line: #ddd6e4;
  --accent: #6b3fa0; --good: #1d7a4c; --warn: #96600a; --bad: #b3261e; --bad-soft: #fdeceb; --well: #f0ecf4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #16121b; --card: #201a28; --ink: #eee8f4; --soft: #ab9fb9; --line: #3a3145;
    --accent: #c9a6f2; --good: #67cf9a; --warn: #e6b35c; --bad: #ff8f86; --bad-soft: #3a1f21; --well: #2a2234;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 78rem; padding: 0 1.25rem 3rem; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
a { color: var(--accent); }
a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 0.92em; }
h1 { margin: 0; font-size: 1.9rem; line-height: 1.2; overflow-wrap: anywhere; }
h2 { margin: 2.5rem 0 0.75rem; font-size: 1.25rem; }
h3 { margin: 0; font-size: 1.1rem; overflow-wrap: anywhere; }
dl, dd, dt, figure, p, ul { margin: 0; padding: 0; }
.top { padding: 2.25rem 0 1.5rem; }
.mark { color: var(--accent); font-weight: 600; letter-spacing: 0.02em; }
.summary { color: var(--soft); font-size: 1.05rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: 0.75rem; }
.tile { display: flex; flex-direction: column-reverse; justify-content: flex-end; padding: 0.8rem 1rem; background: var(--card);
  border: 1px solid var(--line); border-top: 3px solid var(--accent); border-radius: 8px; }
.tile dt { color: var(--soft); font-size: 0.85rem; }
.tile dd { font-size: 1.55rem; font-weight: 650; line-height: 1.25; font-variant-numeric: tabular-nums; }
.tile.warn { border-top-color: var(--warn); }
.tile.warn dd { color: var(--warn); }
.tile.bad { border-top-color: var(--bad); }
.tile.bad dd { color: var(--bad); }
.run, .facts { display: flex; flex-wrap: wrap; gap: 0.4rem 1.6rem; }
.run { margin-top: 1rem; font-size: 0.9rem; }
.run dt, .facts dt { color: var(--soft); font-size: 0.82rem; }
.run dd, .facts dd { font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
table { width: 100%; border-collapse: collapse; font-size: 0.92rem; }
caption { padding: 0.6rem 0.9rem; color: var(--soft); font-size: 0.85rem; text-align: left; }
th, td { padding: 0.45rem 0.9rem; border-top: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { color: var(--soft); font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 500; overflow-wrap: anywhere; min-width: 9rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.options { max-width: 100%; }
.options td { overflow-wrap: anywhere; }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 1rem; margin-top: 1rem; }
figure { display: flex; flex-direction: column; }
figure a { display: flex; flex: 1; align-items: center; justify-content: center; padding: 0.5rem; background: var(--well); border-radius: 6px; }
figure img { display: block; max-width: 100%; max-height: 30rem; width: auto; height: auto; }
figcaption { padding-top: 0.35rem; color: var(--soft); font-size: 0.85rem; }
footer { margin-top: 2.5rem; color: var(--soft); font-size: 0.82rem; }
@media print {
  :root { --page: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --accent: #4a2a75; --good: #14603a;
    --warn: #7a4d00; --bad: #9c1c15; --bad-soft: #fff; --well: #fff; }
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  .tiles { grid-template-columns: repeat(4, 1fr); }
  .card, .tile, figure, tr { break-inside: avoid; }
  h2, h3, caption { break-after: avoid; }
  a { color: inherit; text-decoration: none; }
  .scroll { overflow: visible; }
  figure img { max-height: 9cm; }
}
@page { margin: 14mm; }
`;
