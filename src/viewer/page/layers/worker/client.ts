import { createLayerClient, type LayerClient } from './layer-client.ts';

let client: LayerClient | undefined;

/** The page's one worker, started when the first layer is shown. */
export function getLayerClient(): LayerClient {
  client ??= createLayerClient(new Worker(new URL('./layer-worker.ts', import.meta.url), { type: 'module' }));
  return client;
}
