import { expose } from 'comlink';
import { plugins } from '../plugins/index.ts';
import { holdCells } from './hold-cells.ts';
import { createHost } from './host.ts';

// A worker of the browser that computes cells of experiments, with the plugins that run anywhere.
expose(holdCells(createHost(plugins)));
