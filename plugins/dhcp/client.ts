import { type Context, type Duration, formatDuration, nextFraction, nextUint32, SECOND } from '../../core/index.ts';
import { ethernetContract, type MacAddress } from '../ethernet/contract.ts';
import { formatIpv4 } from '../ipv4/contract.ts';
import { clientOctets, MESSAGE, number32, OPERATION, OPTION } from './message.ts';
import { MESSAGE_NAMES } from './option-names.ts';
import type { OptionToWrite } from './options.ts';
import type { Client, ClientStateName, DhcpState } from './state.ts';
import { transmit } from './transmit.ts';
import { giveUp } from './use.ts';

/** The client's side of RFC 2131 §4.4: what it sends, and when again. */

/** Retransmission (§4.1): 4 s, doubled up to 64 s, each with up to 1 s more or less by chance. */
const FIRST_WAIT = 4 * SECOND;
const LONGEST_WAIT = 64 * SECOND;
const SPREAD = SECOND;
/** Requests for an offered address before it begins anew. */
const MOST_REQUESTS = 4;
/** The least time between requests while renewing and rebinding (§4.4.5). */
const LEAST_WAIT = 60 * SECOND;
/** After a DHCPDECLINE (§3.1 step 5). */
const AFTER_DECLINE = 10 * SECOND;
/** What a client can take: the size of an Ethernet packet. */
const LARGEST_MESSAGE = 1500;
const WANTED_OPTIONS = Uint8Array.of(
  ...[OPTION.mask, OPTION.classlessRoutes, OPTION.routers, OPTION.nameServers, OPTION.domainName],
  ...[OPTION.broadcast, OPTION.renewalTime, OPTION.rebindingTime],
);

export function createClient(interfaceIndex: number): Client {
  return {
    ...{ interface: interfaceIndex, state: 'init', transaction: 0, began: 0, asked: 0, tries: 0, refusals: 0 },
    ...{ wanted: 0, server: 0, lease: undefined, checked: undefined, timer: 0, expiry: 0, nextAt: -1 },
  };
}

export function interfaceName(client: Pick<Client, 'interface'>, ctx: Context): string {
  return ctx.node.interfaces[client.interface]?.name ?? '';
}

export function macOf(client: Client, ctx: Context): MacAddress {
  return ctx.sibling(ethernetContract)?.macOf(client.interface) ?? 0;
}

/** The one timer of a client's next step. */
export function next(client: Client, name: 'begin' | 'next', after: Duration, ctx: Context): void {
  if (client.timer !== 0) ctx.cancelTimer(client.timer);
  client.timer = ctx.setTimer(name, after, client.interface);
  client.nextAt = ctx.now() + after;
}

export function stop(client: Client, ctx: Context): void {
  if (client.timer !== 0) ctx.cancelTimer(client.timer);
  client.timer = 0;
  client.nextAt = -1;
}

function enter(client: Client, name: ClientStateName, ctx: Context): void {
  client.state = name;
  client.tries = 0;
  client.transaction = nextUint32(ctx.random('transaction'));
}

/** INIT: asks everybody for an address, after a wait where there is one. */
export function begin(state: DhcpState, client: Client, after: Duration, ctx: Context): void {
  client.state = 'init';
  client.checked = undefined;
  if (after > 0) next(client, 'begin', after, ctx);
  else discover(state, client, ctx);
}

export function discover(state: DhcpState, client: Client, ctx: Context): void {
  enter(client, 'selecting', ctx);
  client.began = ctx.now();
  send(state, client, ctx);
}

/** REQUESTING: takes an offer. */
export function request(state: DhcpState, client: Client, address: number, server: number, ctx: Context): void {
  // The request has the transaction of the offer (§4.4.1).
  const { transaction } = client;
  enter(client, 'requesting', ctx);
  client.transaction = transaction;
  client.wanted = address;
  client.server = server;
  send(state, client, ctx);
}

/** RENEWING, at T1 or when somebody asks for it: of the server that gave the lease. */
export function renew(state: DhcpState, client: Client, ctx: Context): void {
  if (client.lease === undefined) return;
  enter(client, 'renewing', ctx);
  client.began = ctx.now();
  send(state, client, ctx);
}

/** INIT-REBOOT (§4.3.2, §4.4.2): the link is there again, and perhaps another one. */
export function reboot(state: DhcpState, client: Client, ctx: Context): void {
  if (client.lease === undefined) {
    begin(state, client, 0, ctx);
    return;
  }
  enter(client, 'rebooting', ctx);
  client.wanted = client.lease.address;
  client.began = ctx.now();
  send(state, client, ctx);
}

/** What a timer of the client means in its state. */
export function goOn(state: DhcpState, client: Client, ctx: Context): void {
  const now = ctx.now();
  client.timer = 0;
  const { lease } = client;
  switch (client.state) {
    case 'init':
      discover(state, client, ctx);
      break;
    case 'selecting':
      send(state, client, ctx);
      break;
    case 'requesting':
      if (client.tries < MOST_REQUESTS) send(state, client, ctx);
      else unanswered(state, client, ctx);
      break;
    case 'rebooting':
      // Nobody says no: what was given may be used until its end (§3.2 step 5).
      if (client.tries < MOST_REQUESTS) send(state, client, ctx);
      else rest(client, ctx);
      break;
    case 'bound':
      if (lease !== undefined) renew(state, client, ctx);
      break;
    case 'renewing':
      if (lease !== undefined && lease.rebindAt >= 0 && now >= lease.rebindAt) {
        enter(client, 'rebinding', ctx);
        send(state, client, ctx);
      } else send(state, client, ctx);
      break;
    case 'rebinding':
      send(state, client, ctx);
      break;
  }
}

function unanswered(state: DhcpState, client: Client, ctx: Context): void {
  ctx.note('dhcp.no-answer', { address: formatIpv4(client.wanted), interface: interfaceName(client, ctx) });
  begin(state, client, 0, ctx);
}

/** BOUND: nothing to do before T1. */
export function rest(client: Client, ctx: Context): void {
  client.state = 'bound';
  stop(client, ctx);
  const { lease } = client;
  if (lease === undefined || lease.renewAt < 0) return;
  next(client, 'next', Math.max(0, lease.renewAt - ctx.now()), ctx);
}

/** The server said no: the address is given up, and after several refusals in a row it asks ever more rarely. */
export function refused(state: DhcpState, client: Client, why: string, ctx: Context): void {
  if (client.lease !== undefined) giveUp(client, why, ctx);
  client.wanted = 0;
  const wait = client.refusals === 0 ? 0 : spread(client.refusals, ctx);
  client.refusals++;
  begin(state, client, wait, ctx);
}

/** The address is in use by somebody else (§3.1 step 5). */
export function decline(state: DhcpState, client: Client, ctx: Context): void {
  const { checked } = client;
  if (checked === undefined) return;
  const options: OptionToWrite[] = [
    [OPTION.requestedAddress, number32(checked.address)],
    [OPTION.server, number32(checked.server)],
  ];
  emit(client, MESSAGE.decline, options, { about: formatIpv4(checked.address) }, ctx);
  client.wanted = 0;
  begin(state, client, AFTER_DECLINE, ctx);
}

/** Gives the address back; nothing more is asked for until somebody wants it. */
export function release(client: Client, ctx: Context): void {
  const { lease } = client;
  if (lease !== undefined) {
    const options: OptionToWrite[] = [[OPTION.server, number32(lease.server)]];
    const way = { clientAddress: lease.address, to: lease.server };
    emit(client, MESSAGE.release, options, { about: formatIpv4(lease.address), ...way }, ctx);
    giveUp(client, 'it is released', ctx);
  }
  client.state = 'idle';
  stop(client, ctx);
}

/** Sends the message of the present state, and sets the time of the next. */
function send(state: DhcpState, client: Client, ctx: Context): void {
  if (client.tries++ === 0) client.asked = ctx.now();
  const { lease, wanted } = client;
  const wait = waitFor(client, ctx);
  if (wait !== undefined) next(client, 'next', wait, ctx);
  else stop(client, ctx);
  const parameters = parametersOf(ctx.node.name);
  const address: OptionToWrite[] = wanted === 0 ? [] : [[OPTION.requestedAddress, number32(wanted)]];
  const flags = { broadcast: state.settings.client.broadcast, ...(wait === undefined ? {} : { wait }) };
  const about = formatIpv4(wanted);
  switch (client.state) {
    case 'selecting':
      emit(
        client,
        MESSAGE.discover,
        [...address, ...parameters],
        { about: wanted === 0 ? 'any address' : about, ...flags },
        ctx,
      );
      break;
    case 'requesting': {
      const server: OptionToWrite = [OPTION.server, number32(client.server)];
      emit(client, MESSAGE.request, [...address, server, ...parameters], { about, ...flags }, ctx);
      break;
    }
    case 'rebooting':
      emit(client, MESSAGE.request, [...address, ...parameters], { about, ...flags }, ctx);
      break;
    case 'renewing':
    case 'rebinding': {
      if (lease === undefined) return;
      const to = client.state === 'renewing' ? { to: lease.server } : {};
      const own = { clientAddress: lease.address, about: formatIpv4(lease.address), ...to };
      emit(client, MESSAGE.request, parameters, { ...own, ...(wait === undefined ? {} : { wait }) }, ctx);
      break;
    }
  }
}

/** How long to wait for an answer to the message that is sent now; `undefined`: until the lease ends. */
function waitFor(client: Client, ctx: Context): Duration | undefined {
  const { lease, state: name } = client;
  if (name !== 'renewing' && name !== 'rebinding') return spread(client.tries, ctx);
  const until = name === 'renewing' ? lease?.rebindAt : lease?.endAt;
  if (until === undefined || until < 0) return LEAST_WAIT;
  const left = until - ctx.now();
  const wait = Math.max(LEAST_WAIT, Math.floor(left / 2));
  if (name === 'renewing') return Math.max(0, Math.min(wait, left));
  return wait < left ? wait : undefined;
}

/** What every question has: the host's name, how long an answer may be, and which settings it wants. */
export function parametersOf(name: string): OptionToWrite[] {
  return [
    [OPTION.hostName, new TextEncoder().encode(name)],
    [OPTION.largestMessage, Uint8Array.of(LARGEST_MESSAGE >> 8, LARGEST_MESSAGE & 255)],
    [OPTION.parameters, WANTED_OPTIONS],
  ];
}

/** How long an answer is waited for (RFC 2131 §4.1): 4 s, doubled each time up to 64 s, a second more or less by chance. */
export function spread(tries: number, ctx: Context): Duration {
  const base = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(tries - 1, 8));
  return base + Math.floor((nextFraction(ctx.random('wait')) * 2 - 1) * SPREAD);
}

interface Emission {
  readonly about: string;
  readonly clientAddress?: number;
  /** The server alone; else everybody. */
  readonly to?: number;
  readonly broadcast?: boolean;
  readonly wait?: Duration;
}

function emit(client: Client, type: number, options: readonly OptionToWrite[], about: Emission, ctx: Context): void {
  const mac = macOf(client, ctx);
  const { clientAddress = 0, to, broadcast = false, wait } = about;
  if (ctx.recording) {
    const values = { message: MESSAGE_NAMES[type] ?? '', interface: interfaceName(client, ctx), about: about.about };
    const again = client.tries > 1 && type !== MESSAGE.release && type !== MESSAGE.decline;
    if (!again) ctx.note('dhcp.sent', values);
    else
      ctx.note('dhcp.sent-again', {
        ...values,
        tries: client.tries,
        wait: wait === undefined ? 'no time' : formatDuration(wait),
      });
  }
  const seconds = Math.min(0xffff, Math.floor((ctx.now() - client.began) / SECOND));
  transmit(
    {
      ...{
        operation: OPERATION.request,
        type,
        transaction: client.transaction,
        seconds,
        mac,
        clientAddress,
        broadcast,
      },
      options: [[OPTION.client, clientOctets(mac)], ...options],
    },
    { interface: client.interface, source: clientAddress, ...(to === undefined ? {} : { to }) },
    ctx,
  );
}
