#!/usr/bin/env node
// The command `ikebana`: the terminal is TypeScript, which Node 20 does not read by itself.
import { register } from 'tsx/esm/api';

register();
await import('./main.ts');
