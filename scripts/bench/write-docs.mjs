#!/usr/bin/env node
import { writePage } from './lib/docs.mjs';
// Writes the tables of docs/benchmarks.md from docs/benchmarks.json, which `npm run bench -- NAME --docs` records.
import { DOCS } from './lib/run-bench.mjs';

writePage(DOCS);
