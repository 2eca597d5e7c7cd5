import type { Node } from '../../../src/adapters/adapter.ts';
import { connectHost } from '../../../src/hosts/connect.ts';
import type { Lab } from '../../lab/lab.ts';
import type { Machine } from '../../lab/machine.ts';

/** A machine of the lab as an adapter sees it, over a connection of its own. */
export const nodeOn = async (lab: Lab, machine: Machine): Promise<Node> => ({
  name: machine.name,
  fleet: 'lab',
  address: machine.address,
  database: { tablespaces: {} },
  host: await connectHost({
    node: machine.name,
    host: machine.address,
    user: 'ops',
    identityFile: lab.identityFile,
    knownHostsFile: lab.knownHostsFile,
    transport: 'ssh2',
  }),
});
