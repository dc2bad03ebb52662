import { describeError } from '../../data/describe-error.ts';
import { answerQuestion } from './answer-question.ts';
import { createJobQueue } from './job-queue.ts';
import { type LoadedLayer, loadLayer, remember } from './load-layer.ts';
import type { FromWorker, Question, ToWorker } from './messages.ts';

// Holds the patches and polygons of the slides that are shown, draws their tiles and finds what is under a point: the page's own
// thread is left to panning.

const layers = new Map<string, () => Promise<LoadedLayer>>();
const jobs = createJobQueue(run, pause);

addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === 'ask') jobs.add(data.job, data.question, data.question.ask !== 'draw');
  else if (data.kind === 'cancel') jobs.cancel(data.job);
  else layers.delete(data.layer);
});

async function run(job: number, question: Question): Promise<void> {
  try {
    const load = layers.get(question.layer) ?? once(() => loadLayer(question.files));
    layers.set(question.layer, load);
    reply({ job, answer: await answerQuestion(await load(), question) });
  } catch (error) {
    reply({ job, error: describeError(error) });
  }
}

function reply(message: FromWorker): void {
  const picture = 'answer' in message && message.answer instanceof ImageBitmap ? [message.answer] : [];
  postMessage(message, { transfer: picture });
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  const get = remember(make);
  return () => get(undefined);
}

/** Until messages that have arrived are read; a timer would be held back by browsers. */
function pause(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
