import type { LayerList } from '../../src/viewer/contract.ts';
import { serveViewer } from '../../src/viewer/serve-viewer.ts';

/** Names of the layers that the viewer finds for a slide in what a command wrote; what it can't read fails. */
export async function listViewed(slides: readonly string[], id: string): Promise<string[]> {
  await using server = await serveViewer({ slides, workers: 0 });
  const answer = await fetch(new URL(`/slides/${encodeURIComponent(id)}/layers.json`, server.url));
  const { layers, problems } = (await answer.json()) as LayerList;
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return layers.map(({ name }) => name);
}
