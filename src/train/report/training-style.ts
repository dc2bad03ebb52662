/** The style of what only the report of a training has. */
export const TRAINING_STYLE = `
:root { --color-0: #6b3fa0; --color-1: #c2570c; --color-2: #0f766e; --color-3: #b3261e; --color-4: #1d5fb4; --color-5: #6a6a12; }
@media (prefers-color-scheme: dark) {
  :root { --color-0: #c9a6f2; --color-1: #f2a65a; --color-2: #5fd0c5; --color-3: #ff8f86; --color-4: #8ab8f5; --color-5: #d0cf6a; }
}
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 1rem; }
details { margin-top: 1rem; }
summary { cursor: pointer; color: var(--soft); }
details .scroll { margin-top: 0.5rem; }
.chart { padding: 0.75rem 1rem; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
.chart svg { display: block; width: 100%; height: auto; }
.chart figcaption { display: flex; flex-wrap: wrap; gap: 0 0.75rem; }
.chart text { fill: var(--soft); font-size: 14px; font-variant-numeric: tabular-nums; }
.grid path { stroke: var(--line); fill: none; }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.mark-line { fill: none; stroke: var(--soft); stroke-dasharray: 2 3; }
.bar { fill: var(--soft); opacity: 0.22; }
.guide { stroke: var(--soft); stroke-dasharray: 5 4; stroke-width: 1; color: var(--soft); }
.color-0 { stroke: var(--color-0); color: var(--color-0); } .color-1 { stroke: var(--color-1); color: var(--color-1); }
.color-2 { stroke: var(--color-2); color: var(--color-2); } .color-3 { stroke: var(--color-3); color: var(--color-3); }
.color-4 { stroke: var(--color-4); color: var(--color-4); } .color-5 { stroke: var(--color-5); color: var(--color-5); }
.dot { fill: currentcolor; stroke: none; }
.key { white-space: nowrap; }
.key::before { content: ""; display: inline-block; width: 1.1em; margin-right: 0.35em; border-top: 3px solid currentcolor; vertical-align: middle; }
.key.guide::before { border-top-style: dashed; }
.confusion { width: auto; min-width: 50%; }
.confusion td { background: color-mix(in srgb, var(--accent) calc(var(--share) * 0.45), var(--card)); }
.confusion .share { color: var(--soft); }
.by-class { margin-top: 1rem; }
.by-fold tbody th { min-width: 0; }
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: 1rem; }
.gallery .frame { display: flex; align-items: center; justify-content: center; min-height: 8.5rem; padding: 0.25rem; background: var(--well); border-radius: 6px; }
.gallery img { width: 8rem; height: 8rem; object-fit: contain; }
.gallery figcaption { overflow-wrap: anywhere; }
.gone { color: var(--soft); font-size: 0.85rem; overflow-wrap: anywhere; }
`;
