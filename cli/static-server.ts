import { createReadStream, realpathSync, type Stats, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';

/** Media types of what a built page consists of. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.wasm': 'application/wasm',
  '.yaml': 'text/yaml; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
};
const UNKNOWN_TYPE = 'application/octet-stream';
const INDEX = 'index.html';
/** Names that this machine calls itself by: a page elsewhere that points its own name here is refused. */
const LOCAL_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** A server of the files below a folder, and of nothing else. */
export function createStaticServer(folder: string): Server {
  const root = realpathSync(folder);
  return createServer((request, response) => {
    const refused = refusal(request);
    if (refused !== undefined) {
      end(response, ...refused);
      return;
    }
    const file = fileOf(root, request.url ?? '/');
    if (file === undefined) end(response, 404, 'there is no such file');
    else send(request, response, file);
  });
}

function refusal({ method, headers }: IncomingMessage): readonly [number, string] | undefined {
  if (method !== 'GET' && method !== 'HEAD') return [405, 'only GET and HEAD are answered'];
  if (!LOCAL_HOST.test(headers.host ?? '')) return [403, 'this server answers to localhost alone'];
  return undefined;
}

interface Found {
  readonly path: string;
  readonly stats: Stats;
}

/** The file that an address names, links resolved; `undefined` for what is not below the folder. */
function fileOf(root: string, address: string): Found | undefined {
  const [raw = ''] = address.split(/[?#]/);
  let path: string;
  try {
    path = decodeURIComponent(raw);
  } catch {
    return undefined;
  }
  // A NUL or a backslash never stands in a name of ours, and some systems take the latter for a separator.
  if (!path.startsWith('/') || /[\0\\]/.test(path) || path.split('/').includes('..')) return undefined;
  try {
    let real = realpathSync(join(root, path));
    if (statSync(real).isDirectory()) real = realpathSync(join(real, INDEX));
    if (real !== root && !real.startsWith(root + sep)) return undefined;
    const stats = statSync(real);
    return stats.isFile() ? { path: real, stats } : undefined;
  } catch {
    return undefined;
  }
}

function send({ method }: IncomingMessage, response: ServerResponse, { path, stats }: Found): void {
  response.writeHead(200, {
    'Content-Type': MEDIA_TYPES[extname(path).toLowerCase()] ?? UNKNOWN_TYPE,
    'Content-Length': stats.size,
    'Cache-Control': 'no-cache',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Resource-Policy': 'same-origin',
  });
  if (method === 'HEAD') {
    response.end();
    return;
  }
  const stream = createReadStream(path);
  // The head is sent: all that is left to say is that it ends here.
  stream.on('error', () => response.destroy());
  response.on('close', () => stream.destroy());
  stream.pipe(response);
}

function end(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' });
  response.end(`${message}\n`);
}
