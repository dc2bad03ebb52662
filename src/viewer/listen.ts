import type { Server } from 'node:http';
import { OptionError } from '../utils/errors.ts';

const NO_TUNNEL =
  'HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

/**
 * Answers CONNECT, where Node would hang up without a word. Such a socket is no longer Node's: nobody hears its errors, or closes it with
 * the server.
 */
export function refuseTunnels(server: Server): void {
  server.on('connect', (_, socket) => {
    socket.on('error', () => {});
    socket.end(NO_TUNNEL, () => socket.destroy());
  });
}

/** @throws OptionError where the system does not let it listen there and the user can help it; what else listening fails of */
export function listenAt(server: Server, at: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    // It stays: a connection that can't be taken later (no file is free) is lost, and not the server. A promise is settled once.
    server.on('error', (cause: NodeJS.ErrnoException) => reject(describeRefusal(cause, at)));
    server.listen(at, resolve);
  });
}

function describeRefusal(cause: NodeJS.ErrnoException, { host, port }: { host: string; port: number }): Error {
  const { code } = cause;
  if (code === 'EADDRINUSE')
    return new OptionError('port', 'a port that is free', port, {
      cause,
      hint: 'another program has it; 0 is any that is free',
    });
  if (code === 'EACCES')
    return new OptionError('port', 'a port that you may take', port, {
      cause,
      hint: 'those below 1024 are for administrators',
    });
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new OptionError('host', 'an address of this machine', host, { cause });
  return cause;
}
