// serve.mjs SLIDE [OPTIONS as JSON]: our side of the bench `serve`. Prints one line, {url, versions}; says what it holds when asked by a message.
import { readdirSync } from 'node:fs';
import { getOpenHandles } from '../../../dist/utils/open-handles.js';
import { serveViewer } from '../../../dist/viewer/index.js';

const [slide, options = '{}'] = process.argv.slice(2);
const server = await serveViewer({ slides: [slide], ...JSON.parse(options) });
process.on('message', () => {
  const { running, waiting } = server.getLoad();
  const handles = getOpenHandles().length;
  const sockets = process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
  process.send({ running, waiting, handles, sockets, files: readdirSync('/proc/self/fd').length });
});
process.stdout.write(
  `${JSON.stringify({ url: server.url.slice(0, -1), versions: { node: process.versions.node } })}\n`,
);
