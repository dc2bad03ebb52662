/** The style of what only the report of a cohort has. */
export const REPORT_STYLE = `
.status { display: inline-block; padding: 0.05rem 0.6rem; border: 1px solid currentcolor; border-radius: 99px;
  color: var(--good); font-size: 0.8rem; font-weight: 600; white-space: nowrap; }
.status.no-tissue { color: var(--warn); }
.status.failed { color: var(--bad); }
.card { margin: 0 0 1.25rem; padding: 1.1rem 1.25rem 1.25rem; background: var(--card); border: 1px solid var(--line);
  border-left: 4px solid var(--good); border-radius: 8px; }
.card.no-tissue { border-left-color: var(--warn); }
.card.failed { border-left-color: var(--bad); }
.card > header { display: flex; flex-wrap: wrap; align-items: center; gap: 0.4rem 0.8rem; }
.path { margin: 0.1rem 0 0.8rem; color: var(--soft); font-size: 0.85rem; overflow-wrap: anywhere; }
.failure { margin: 0 0 0.8rem; padding: 0.7rem 1rem; background: var(--bad-soft); border-radius: 6px; overflow-wrap: anywhere; }
.notices { margin: 0.8rem 0 0; padding: 0 0 0 1.2rem; color: var(--warn); font-size: 0.92rem; }
.sheet { margin-top: 1rem; }
.sheet img { max-height: none; }
@media print { .failure { border: 1px solid var(--bad); } }
`;
