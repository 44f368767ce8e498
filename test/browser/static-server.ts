import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
};

export interface StaticServer {
  /** `http://127.0.0.1:port`, without a slash at the end. */
  readonly origin: string;
  close(): Promise<void>;
}

/** A static host on loopback that sets no special headers: files of `folder` under `path`, nothing else. */
export async function serve(folder: string, path: string): Promise<StaticServer> {
  const server = createServer(async (request, response) => {
    const asked = decodeURIComponent((request.url ?? '/').split('?')[0] as string);
    const name = asked.endsWith('/') ? `${asked}index.html` : asked;
    const within = name.startsWith(path) ? normalize(name.slice(path.length)) : '..';
    const content = within.startsWith('..') ? undefined : await readFile(join(folder, within)).catch(() => undefined);
    response.writeHead(content === undefined ? 404 : 200, {
      'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
    });
    response.end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
