// train-modes.mjs MODE BAGS EPOCHS: attention over bags of 64 x 384, with the memory of its steps by MODE, naive or optimised.
import { openBagTrainer } from '../lib/bag-trainer.mjs';
import { measure } from '../lib/measure.mjs';
import { readRuntimeVersion } from '../lib/runtime-version.mjs';
import { createWave } from '../lib/wave.mjs';

const [INSTANCES, FEATURES] = [64, 384];

const [mode, bags, epochs] = process.argv.slice(2);
const trainer = await openBagTrainer({ mode, longest: INSTANCES, features: FEATURES });
/** Bags are cut out of it, as they would be read from a file. */
const { data: wave } = createWave([2 * INSTANCES, FEATURES]);
const cut = (index) => (data) => data.set(wave.subarray((index * 97) % data.length).subarray(0, data.length));

await measure({
  name: 'slideloom',
  unit: 'steps',
  versions: readRuntimeVersion(),
  work: async () => {
    for (let epoch = 0; epoch < Number(epochs); epoch += 1) {
      for (let index = 0; index < Number(bags); index += 1) await trainer.learn(index, INSTANCES, cut(index));
      trainer.endEpoch();
    }
    return Number(epochs) * Number(bags);
  },
  after: () => ({ sha256: trainer.hashWeights(), buffers: trainer.buffers }),
});
await trainer.release();
