import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Command, InvalidArgumentError } from 'commander';
import { buildPage, DIST } from '../page-build.ts';
import { EXIT, Refused, systemReason } from '../refused.ts';
import { createStaticServer } from '../static-server.ts';
import type { Terminal } from '../terminal.ts';
import { webWords as words } from '../words/web.ts';

const HOST = '127.0.0.1';
const FIRST_PORT = 4173;
/** Ports that are tried where none was asked for. */
const PORTS_TRIED = 20;

interface Flags {
  readonly port?: number;
}

export function addWeb(program: Command, terminal: Terminal): void {
  program
    .command('web')
    .summary(words.summary)
    .description(words.about)
    .option('--port <number>', words.port, portOption)
    .addHelpText('after', words.examples)
    .action(async (flags: Flags) => {
      process.exitCode = await web(flags, terminal);
    });
}

function portOption(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError(words.wrongPort(text));
}

async function web(flags: Flags, terminal: Terminal): Promise<number> {
  await buildPage(terminal);
  const server = createStaticServer(DIST);
  await listen(server, flags.port);
  const { port } = server.address() as AddressInfo;
  terminal.say(words.address(`http://localhost:${port}/`));
  const stop = (): void => {
    server.close();
    server.closeAllConnections();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  await once(server, 'close');
  return EXIT.held;
}

async function listen(server: Server, asked: number | undefined): Promise<void> {
  const ports = asked === undefined ? Array.from({ length: PORTS_TRIED }, (_, at) => FIRST_PORT + at) : [asked];
  for (const port of ports) {
    try {
      server.listen(port, HOST);
      await once(server, 'listening');
      return;
    } catch (error) {
      const isBusy = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (!isBusy || port === ports.at(-1)) throw new Refused(words.cannotListen(port, systemReason(error)));
    }
  }
}
