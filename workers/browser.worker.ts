import { expose } from 'comlink';
import { plugins } from '../plugins/index.ts';
import { holdLab } from './hold-lab.ts';
import { createHost } from './host.ts';

// The worker of the browser: one lab, with the plugins that run anywhere.
expose(holdLab(createHost(plugins)));
