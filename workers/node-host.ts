import { plugins } from '../plugins/index.ts';
import { nodePlugins } from '../plugins/node.ts';
import { createHost, type LabHost } from './host.ts';

/** A host with all plugins that Node can run; its cryptography is Node's own. */
export function createNodeHost(options: Pick<LabHost, 'budget' | 'history'> = {}): LabHost {
  return createHost([...plugins, ...nodePlugins], options);
}
