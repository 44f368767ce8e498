/** All that `ikebana capture` says. */
export const captureWords = {
  summary: 'take a pcap or pcapng file apart',
  about: `Reads a capture, from Ikebana or any other program, and takes its packets apart with the header
declarations of the plugins. Keys open what is sealed: the folder that \`ikebana run --keys\` wrote, or one with
Wireshark's tables (ikev2_decryption_table, ikev1_decryption_table, esp_sa), as its configuration folder has them.

FILE is a pcap or pcapng file, or - for standard input.`,
  examples: `
Examples:
  $ ikebana capture office.pcapng                        one line a packet
  $ ikebana capture office.pcapng --packet 12            everything of packet 12, with its octets
  $ ikebana capture office.pcapng --filter 'udp && size > 200'
  $ ikebana capture office.pcapng --keys keys/ --json    with what keys open, for scripts

Filters: a layer (esp), a field and a value (ipv4.ttl < 5, udp.destinationPort == 4500), number, size, time,
protocol, summary, any text; joined with && || ! and parentheses.

Exit codes: 0 all was read; 2 the file is damaged (what could be read is told) or cannot be used.`,
  options: {
    packet: 'this packet alone, in full',
    filter: 'only packets that pass',
    keys: "folder with keys: our own key log, or Wireshark's tables",
    json: 'packets as JSON on standard output',
  },
  sealed: '(sealed)',
  octets: (start: number, end: number) => `octets ${start}–${Math.max(start, end - 1)}`,
  bits: (bit: number, bits: number) =>
    bit % 8 === 0 && bits % 8 === 0
      ? bits === 8
        ? `octet ${bit / 8}`
        : `octets ${bit / 8}–${(bit + bits) / 8 - 1}`
      : bits === 1
        ? `bit ${bit}`
        : `bits ${bit}–${bit + bits - 1}`,
  fault: (at: number, message: string) => `damaged at octet ${at}: ${message}`,
  opened: (key: string) => `opened with ${key}`,
  frame: (number: number, time: string, size: number, original: number) =>
    `Packet ${number}, ${time} s, ${size} octets${original > size ? ` of ${original}: it was cut when it was recorded` : ''}`,
  unknownLink: (type: number) => `link type ${type} is not known to any plugin: its packets are shown as octets`,
  noSuchPacket: (number: number, count: number) =>
    count === 0 ? 'the file holds no packet' : `there is no packet ${number}: they are numbered from 1 to ${count}`,
  wrongNumber: (text: string) => `--packet ${text} is no whole number from 1 on`,
  wrongFilter: (why: string) => `--filter: ${why}`,
  noKeys: (folder: string, files: readonly string[]) => `${folder} holds none of the key files ${files.join(', ')}`,
  badKeyLine: (file: string, line: number) => `${file}, line ${line}: no key that can be read; it is passed over`,
  faultOf: (file: string, at: number, message: string) => `${file}: octet ${at}: ${message}`,
  more: (count: number) => `${count} more faults are not listed`,
  counts: (shown: number, of: number) => (shown === of ? `${of} packets` : `${shown} of ${of} packets`),
};
