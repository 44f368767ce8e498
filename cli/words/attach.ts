const counted = (count: number, one: string, more: string): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : more}`;

interface Ends {
  readonly node: string;
  readonly interface: string;
  readonly local: number;
  readonly remote: number;
}

/** All that `ikebana attach` says, and what is said of its input log. */
export const attachWords = {
  summary: 'run a lab in step with the wall clock, joined to real network stacks of this machine',
  about: `Runs a topology whose nodes of kind \`outside\` are not simulated: each is a cable to another network
stack of this machine. One UDP datagram on 127.0.0.1 is one Ethernet frame, as QEMU and GNS3 send them.

  nodes:
    world: { kind: outside, interfaces: [eth0], plugins: { outside: { local: 21101, remote: 21001 } } }
  links:
    - gw:wan -- world:eth0

Frames that come in are an input log: with it the same run happens again, offline and to the byte.
Keys of a simulation follow from its seed: what it protects is protected from nobody.`,
  examples: `
Examples:
  $ ikebana attach edge.yaml --log monday.log      until Ctrl-C; the log is kept
  $ ikebana attach edge.yaml --for 60s --pcap live.pcapng --keys keys/
  $ ikebana run edge.yaml --inputs monday.log      the same run again
  $ ikebana explain edge.yaml --inputs monday.log  why something in it failed

What to join, with local: 21101 and remote: 21001 (docs/attach.md tells more):
  a network namespace, as root
    $ socat UDP4-DATAGRAM:127.0.0.1:21101,bind=127.0.0.1:21001 TUN,tun-type=tap,tun-name=ike0,iff-no-pi &
    $ ip netns add peer && ip link set ike0 netns peer
    $ ip -n peer addr add 192.0.2.10/24 dev ike0 && ip -n peer link set ike0 up
  the same without root: begin with  unshare --user --map-root-user --net
  QEMU
    -netdev dgram,id=n0,local.type=inet,local.host=127.0.0.1,local.port=21001,
            remote.type=inet,remote.host=127.0.0.1,remote.port=21101 -device virtio-net-pci,netdev=n0
  GNS3
    a Cloud node with a UDP tunnel: local port 21001, remote host 127.0.0.1, remote port 21101

Exit codes: 0 all expectations held; 1 some failed; 2 bad input; 130 interrupted (log and files are kept).`,
  options: {
    log: 'write what comes in to this file, for `ikebana run --inputs`',
    for: 'end after this time of the run: 60s, 5min (default: the duration of the file, or Ctrl-C)',
    speed: 'nanoseconds of the run for each of the wall clock: 0.5 is half as fast',
  },
  noOutside: (file: string) =>
    `${file} has no outside to join: give it a node of kind \`outside\` and a link to it, or use \`ikebana run\``,
  wrongSpeed: (text: string) => `--speed ${text} is no number from 0.01 to 100`,
  joined: ({ node, local, remote }: Ends) =>
    `${node}: frames are awaited at 127.0.0.1:${local} and go to 127.0.0.1:${remote}`,
  goesOn: (logged: boolean) =>
    logged ? 'Ctrl-C ends the run and keeps the log.' : 'Ctrl-C ends the run. Without --log it cannot be run again.',
  cannotListen: ({ node, local }: Ends, why: string) => `127.0.0.1:${local}, where ${node} awaits frames: ${why}`,
  counts: ({ node }: Ends, framesIn: number, framesOut: number) =>
    `${node}: ${counted(framesIn, 'frame', 'frames')} in, ${counted(framesOut, 'frame', 'frames')} out`,
  turnedAway: {
    short: (count: number) => `${counted(count, 'datagram', 'datagrams')} too short for a frame`,
    large: (count: number) => `${counted(count, 'datagram', 'datagrams')} larger than the link carries`,
    foreign: (count: number) => `${counted(count, 'datagram', 'datagrams')} from another port`,
    flooded: (count: number) => `${counted(count, 'frame', 'frames')} more than could wait`,
    unsent: (count: number) => `${counted(count, 'frame', 'frames')} that the system did not send`,
  },
  lateness: (median: string, worst: string, count: number) =>
    `lateness of ${counted(count, 'frame', 'frames')} out: median ${median}, worst ${worst}`,
  onTime: 'no frame went out',
  inputLog: 'input log',
  logFull: (path: string, most: number) => `${path} has reached ${most} octets, the most that a log may have`,
  noLog: (path: string) => `${path} is no input log: \`ikebana attach FILE --log ${path}\` writes one`,
  wrongLine: (path: string, line: number, why: string) => `${path}:${line}: ${why}`,
  noEntry: 'neither a frame that came in nor the end of a run',
  afterEnd: 'something stands behind the end of the run',
  backInTime: 'this came in before what stands above it',
  noSuchPlace: (path: string, place: string, nodes: readonly string[]) =>
    `${path} has frames that came in at ${place}, which this topology lacks; its nodes are ${nodes.slice(0, 12).join(', ')}`,
  otherTopology: (path: string) =>
    `${path} was written with another topology, seed or setting: what follows is not that run, but what might have been`,
  noEnd: (path: string) =>
    `${path} has no end: the live run was killed; what came in at last may be missing, and this run ends when it is quiet`,
};
