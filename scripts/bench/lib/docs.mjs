// The results in docs/: docs/benchmarks.json as measured, and tables of them between two comments of docs/benchmarks.md.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { BenchError } from './alternate.mjs';
import { format, formatRange, VERDICTS } from './rows.mjs';

const BEGIN = '<!-- results: npm run bench -- all --docs -->';
const END = '<!-- end of results -->';

/** @returns `{name: result}`, empty where nothing was measured yet */
export function readResults(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

/** Adds results of a run to those of earlier runs, and writes both files. @param docs `{results, page}`: their paths */
export function recordResult(docs, result, options = {}) {
  const results = mergeResult(readResults(docs.results), result, options);
  writeFileSync(docs.results, `${JSON.stringify(results, null, 2)}\n`);
  writePage(docs);
}

/** Writes the tables of the recorded results into the page. */
export function writePage(docs) {
  const page = replaceBlock(readFileSync(docs.page, 'utf8'), renderResults(readResults(docs.results)));
  writeFileSync(docs.page, page);
}

/**
 * A run of all replaces what was recorded of its bench. A run of some `cases` replaces their rows alone, which only makes
 * sense on the same machine with the same versions.
 * @throws BenchError where it does not
 */
export function mergeResult(results, result, { cases } = {}) {
  const old = results[result.name];
  if (cases === undefined || old === undefined) return sortByName({ ...results, [result.name]: result });
  const same = isDeepStrictEqual(old.machine, result.machine) && haveSameVersions(old.versions, result.versions);
  if (!same)
    throw new BenchError(`${result.name} was recorded on another machine or with other versions: measure all cases`);
  const getCase = ({ figure }) => figure.split('.')[1];
  const kept = old.rows.filter((one) => !cases.includes(getCase(one)));
  const order = [...new Set([...old.rows, ...result.rows].map(getCase))];
  const rows = order.flatMap((name) => [...kept, ...result.rows].filter((one) => getCase(one) === name));
  return { ...results, [result.name]: { ...result, versions: { ...old.versions, ...result.versions }, rows } };
}

/** A case may lack a peer that another one has. */
function haveSameVersions(one, other) {
  return Object.keys(one).every((name) => other[name] === undefined || other[name] === one[name]);
}

function sortByName(results) {
  return Object.fromEntries(Object.entries(results).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The text between the comments becomes `block`. @throws BenchError where the page does not have them */
export function replaceBlock(page, block) {
  const [start, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (start < 0 || end < start) throw new BenchError(`the page lacks the line ${start < 0 ? BEGIN : END}`);
  return `${page.slice(0, start)}${BEGIN}\n\n${block}\n\n${page.slice(end)}`;
}

/** A table for each bench of the figures that have a target or are `listed`, and of all ratios; the JSON has the others. */
export function renderResults(results) {
  const parts = Object.values(results).map(renderResult);
  return parts.length === 0 ? 'Nothing was recorded yet.' : parts.join('\n\n');
}

function renderResult({ name, machine, versions, rows }) {
  const shown = rows.filter(({ target, unit, listed }) => target !== null || unit === 'x' || listed);
  const lines = shown.map((one) => [
    `\`${one.figure}\``,
    `${format(one.value)} ${one.unit}`,
    formatRange(one),
    one.target ?? '',
    VERDICTS[`${one.met}`],
    one.detail,
  ]);
  const about = Object.entries(versions).map(([what, version]) => `${what} ${version}`);
  return [
    `### Results of ${name}`,
    '',
    `${machine.cpu}, ${machine.cores} cores, ${machine.memory_gb} GB, ${machine.os}; ${about.join(', ')}.`,
    '',
    ...renderTable([['figure', 'value', 'range', 'target', 'verdict', 'of what'], ...lines]),
  ].join('\n');
}

function renderTable(lines) {
  const cells = lines.map((line) => line.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = cells[0].map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  const render = (line) => `| ${line.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  const [head, ...body] = cells;
  return [render(head), render(widths.map((width) => '-'.repeat(width))), ...body.map(render)];
}
