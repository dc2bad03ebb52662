// The viewer's server under 64 connections, beside openslide-python's Deep Zoom in Flask; its memory, and requests given up.
import { SERVE_CASES } from '../cases/serve.mjs';
import { ENDURANCE_CASES } from '../cases/serve-endurance.mjs';
import { createCases } from '../lib/cases.mjs';

export const name = 'serve';
export const describe =
  "tiles of the viewer's server, ours beside openslide-python's DeepZoomGenerator in Flask; memory, aborts";
export const { options, run } = createCases(
  { ...SERVE_CASES, ...ENDURANCE_CASES },
  { slide: { type: 'string', describe: 'FILE: serve this slide of 256-px tiles, not a generated one' } },
);
