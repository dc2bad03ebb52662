#!/usr/bin/env node
// count-tests.mjs REPORT: reads vitest's JSON report and prints "N passed, N failed, N skipped" as its last line.
// Exit code 1 unless every test of the project ran and passed: a skipped test, one to do, a file that could not be
// loaded, an empty report or none at all are failures here.
import { readFileSync } from 'node:fs';

const report = readReport(process.argv[2]);
if (report === undefined) {
  print('There is no test report: the run ended before or within the tests.');
  process.exit(1);
}
const tests = report.testResults.flatMap((file) => file.assertionResults);
const passed = tests.filter((test) => test.status === 'passed');
const failed = tests.filter((test) => test.status === 'failed');
const broken = report.testResults.filter(
  (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
);
const skipped = tests.filter((test) => test.status !== 'passed' && test.status !== 'failed');

for (const test of skipped) print(`not run: ${test.fullName}`);
for (const file of broken) print(`failed outside its tests: ${file.name}`);
print(`${passed.length} passed, ${failed.length + broken.length} failed, ${skipped.length} skipped`);
const sound = report.success === true && passed.length > 0 && passed.length === tests.length && broken.length === 0;
process.exit(sound ? 0 : 1);

function readReport(path) {
  try {
    const text = readFileSync(path ?? '', 'utf8');
    return text.trim() === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
