import { createNodeProvider } from '../../plugins/crypto-node/provider.ts';
import { createNobleProvider } from '../../plugins/crypto-noble/provider.ts';
const key = new Uint8Array(32).fill(7), iv = new Uint8Array(16).fill(9);
for (const len of [32, 64, 128, 256, 512]) {
  const data = new Uint8Array(len).fill(5);
  for (const [name, p] of [['node', createNodeProvider()], ['noble', createNobleProvider()]] as const) {
    const jobs: Record<string, () => unknown> = {
      enc: () => p.encrypt('aes-cbc', key, iv, data),
      dec: () => p.decrypt('aes-cbc', key, iv, data),
      hmac: () => p.hmac('sha256', key, data), hmac1: () => p.hmac('sha1', key, data), hmac512: () => p.hmac('sha512', key, data), 
      hash: () => p.hash('sha256', data), hash1: ()=> p.hash('sha1', data),
    };
    let line = `${len} ${name}`;
    for (const j in jobs) { const f = jobs[j]!; for (let i = 0; i < 3000; i++) f(); let best=1e9; for(let k=0;k<5;k++){const a = process.cpuUsage(); for (let i = 0; i < 4000; i++) f(); const b = process.cpuUsage(a); best=Math.min(best,(b.user+b.system)/4000);} line += ` ${j} ${best.toFixed(2)}`; }
    console.log(line);
  }
}
