import { parentPort, workerData } from 'node:worker_threads';
import { expose } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { plugins } from '../plugins/index.ts';
import { holdCells } from './hold-cells.ts';
import { holdLab } from './hold-lab.ts';
import { createHost } from './host.ts';
import type { ThreadSettings } from './node-client.ts';
import { createNodeHost } from './node-host.ts';

// The thread of Node that holds a lab, or computes cells of experiments.
const { portable, budget, history, cells } = workerData as ThreadSettings;
const limits = { ...(budget === undefined ? {} : { budget }), ...(history === undefined ? {} : { history }) };
const host = portable ? createHost(plugins, limits) : createNodeHost(limits);
if (parentPort === null) throw new Error('this file is the body of a worker thread');
expose(cells === true ? holdCells(host) : holdLab(host), nodeEndpoint(parentPort));
