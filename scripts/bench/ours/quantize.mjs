// quantize.mjs MODEL OUT BATCH SIZE: the model with eight bits, its ranges learnt from the bench's own batch.
import { writeFileSync } from 'node:fs';
import { joinChunks } from '../../../dist/onnx/model/encode-message.js';
import { encodeModel, readModel } from '../../../dist/onnx/model.js';
import { openForward } from '../../../dist/onnx/open-forward.js';
import { quantizeModel } from '../../../dist/onnx/quantize.js';
import { createWave } from '../lib/wave.mjs';

const [path, out, batch, size] = process.argv.slice(2);
const model = await readModel(path);
const input = model.graph.input[0].name;
const inputs = new Map([[input, createWave([Number(batch), 3, Number(size), Number(size)])]]);
const options = { method: 'min-max', percent: 100, narrowWeights: false, excluded: [] };
const { message } = await quantizeModel(
  model,
  async function* () {
    yield inputs;
  },
  options,
);
writeFileSync(out, joinChunks(encodeModel(message)));
const [exact, rounded] = await Promise.all([path, out].map(score));
const difference = exact.reduce((most, value, at) => Math.max(most, Math.abs(value - rounded[at])), 0);
console.log(JSON.stringify({ difference }));

async function score(file) {
  const forward = await openForward(file, { threads: 1 });
  const scores = (await forward.run(inputs)).get(forward.outputNames[0]).data;
  await forward.release();
  return scores;
}
