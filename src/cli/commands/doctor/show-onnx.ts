import {
  type CaseResult,
  checkOnnx,
  getCaseName,
  isFine,
  type OnnxReport,
  type ProviderReport,
} from '../../../onnx/check-onnx.ts';
import { formatBytes } from '../../../utils/memory-budget.ts';
import type { CommandContext, CommandExit } from '../../define-command.ts';
import { formatTable } from '../../format-table.ts';

/** Runs the operators on every provider and tells what came out. @throws what `checkOnnx` throws */
export async function showOnnx(context: CommandContext): Promise<CommandExit> {
  using progress = context.createProgress({ label: 'operators', unit: 'cases' });
  let done = 0;
  const report = await checkOnnx({
    signal: context.signal,
    onCase: () => progress.update(++done),
  });
  progress.done();
  context.stdout(context.json ? report : formatReport(report));
  return report.ok ? 0 : 1;
}

function formatReport({ version, providers }: OnnxReport): string {
  const used = providers.filter(({ available }) => available);
  const wrong = used.flatMap(({ cases }) => cases).filter((one) => !isFine(one)).length;
  return [
    `onnxruntime ${version}`,
    ...formatProviders(providers),
    '',
    ...formatOperators(used),
    ...used.flatMap(formatOddities),
    '',
    'memory of a session (a small ResNet, 8 pictures of 256 px), beyond that of the process',
    ...formatTable(used.map(({ name, memory }) => [`  ${name}`, describeMemory(memory)])),
    '',
    wrong === 0 ? 'every operator is right' : `forms of operators that are not as they should be: ${wrong}`,
  ].join('\n');
}

function formatProviders(providers: readonly ProviderReport[]): string[] {
  const lines = formatTable(
    providers.map(({ name, available, reason = '' }) => [
      available ? 'yes' : 'no',
      name,
      available ? 'available' : reason,
    ]),
  );
  return lines.flatMap((line, index) => {
    const { hint } = providers[index] ?? {};
    return hint === undefined ? [line] : [line, `     -> ${hint}`];
  });
}

/** A row for each operator, a column for each provider. */
function formatOperators(providers: readonly ProviderReport[]): string[] {
  const operators = [...new Set(providers.flatMap(({ cases }) => cases.map(({ operator }) => operator)))];
  return formatTable([
    ['operator', ...providers.map(({ name }) => name)],
    ...operators.map((operator) => [
      operator,
      ...providers.map(({ cases }) => summarize(cases.filter((one) => one.operator === operator && !one.avoided))),
    ]),
  ]);
}

/** `3 ok`, `2 ok, 1 wrong`. */
function summarize(cases: readonly CaseResult[]): string {
  const counts = new Map<string, number>();
  for (const { status } of cases) counts.set(status, (counts.get(status) ?? 0) + 1);
  const words: Readonly<Record<string, string>> = { fallback: 'by the processor' };
  return [...counts].map(([status, count]) => `${count} ${words[status] ?? status}`).join(', ');
}

/** What is not right, and what is avoided as it is not. */
function formatOddities({ name, cases }: ProviderReport): string[] {
  const odd = cases.filter((one) => one.status !== 'ok' && one.status !== 'fallback');
  return odd.flatMap((one) => [
    '',
    `${one.avoided ? 'avoided' : one.status} on ${name}: ${getCaseName(one)}`,
    `     ${describeFault(one)}`,
  ]);
}

function describeFault({ status, difference, tolerance, detail }: CaseResult): string {
  if (difference === undefined) return detail ?? status;
  return `differs by ${difference.toExponential(1)} of the largest value, allowed are ${tolerance.toExponential(0)}`;
}

function describeMemory(memory: ProviderReport['memory']): string {
  if (!memory) return 'not measured';
  if ('fault' in memory) return `not measured: ${memory.fault}`;
  const { before, loaded, ran, released } = memory;
  const [first, most, rest] = [loaded, ran, released].map((bytes) => formatBytes(Math.max(0, bytes - before)));
  return `loaded ${first}, after its runs ${most}, after release() ${rest}`;
}
