import { describe, expect, test } from 'vitest';
import { refusal, withNodes } from './fleet-file.ts';

const head = 'fleet: orders\nengine: postgresql\n';
const node = 'db1: { host: 10.0.0.11 }';

const cases: readonly (readonly [what: string, text: string, message: string])[] = [
  ['an empty file', '', 'replctl.yaml:1:1: the fleet file must be a mapping (key: value)'],
  ['prose', 'hello world', 'replctl.yaml:1:1: the fleet file must be a mapping'],
  ['no YAML', `${head}nodes: [db1`, 'replctl.yaml:3:12: not YAML: '],
  ['two documents', `${withNodes(node)}---\n${withNodes(node)}`, 'not YAML: '],
  ['an alias without an anchor', `${head}nodes: *all`, 'not YAML: '],
  ['a key twice', withNodes(node, 'db1: { host: b }'), 'replctl.yaml:5:3: this key appears twice'],
  [
    'an unknown key',
    `${withNodes(node)}nods: 1\n`,
    'replctl.yaml:5:1: the fleet file has no key "nods" (did you mean "nodes"?)',
  ],
  [
    'an unknown key deep down',
    withNodes('db1:', '  host: 10.0.0.11', '  database: { prot: 5432 }'),
    'replctl.yaml:6:17: nodes.db1.database has no key "prot" (did you mean "port"?)',
  ],
  [
    'a key like no other',
    withNodes('db1: { host: a, colour: red }'),
    'nodes.db1 has no key "colour"; it takes host, follows,',
  ],
  ['a missing key', `fleet: orders\nnodes:\n  ${node}\n`, 'replctl.yaml:1:1: the fleet file needs "engine"'],
  [
    'an unknown engine',
    withNodes(node).replace('postgresql', 'oracle'),
    'replctl.yaml:2:9: engine must be postgresql, mysql, mariadb',
  ],
  [
    'a number as text',
    withNodes('db1: { host: a, database: { port: "5432" } }'),
    'replctl.yaml:4:37: port must be a number',
  ],
  ['a port out of range', withNodes('db1: { host: a, database: { port: 65536 } }'), 'port must be 1 to 65535'],
  ['a port with a fraction', withNodes('db1: { host: a, database: { port: 1.5 } }'), 'port must be a whole number'],
  ['a node without content', withNodes('db1:'), 'db1 must be a mapping (key: value)'],
  ['nodes as a list', `${head}nodes: [db1]\n`, 'replctl.yaml:3:8: nodes must be a mapping (name: …)'],
  ['no node', `${head}nodes: {}\n`, 'replctl.yaml:3:1: nodes is empty: a fleet has a leader at least'],
  ['a bad node name', withNodes('DB1: { host: a }'), 'replctl.yaml:4:3: the name "DB1" must be lower-case letters'],
  [
    'a host that ssh would take for an option',
    withNodes('db1: { host: "-oProxyCommand=x" }'),
    'host must be a host name or an IP address',
  ],
  ['a host with white space', withNodes('db1: { host: "a b" }'), 'host must be a host name'],
  ['an address with a newline', withNodes('db1: { host: a, address: "b\\nc" }'), 'address must be a host name'],
  [
    'a relative data directory',
    withNodes('db1: { host: a, database: { dataDir: pg } }'),
    'dataDir must be an absolute path',
  ],
  [
    'a service like an option',
    withNodes('db1: { host: a, database: { service: --now } }'),
    'service must be a systemd unit name',
  ],
  [
    'a node that follows itself',
    withNodes(node, 'db2: { host: b, follows: db2 }'),
    'replctl.yaml:5:28: db2 follows itself',
  ],
  [
    'an unknown node',
    withNodes(node, 'db2: { host: b, follows: db11 }'),
    'replctl.yaml:5:28: db2 follows "db11", which is no node here (did you mean "db1"?)',
  ],
  [
    'a circle',
    withNodes(node, 'db2: { host: b, follows: db3 }', 'db3: { host: c, follows: db2 }'),
    'replctl.yaml:5:28: db2 follows db3 follows db2: that is a circle',
  ],
  [
    'no leader',
    withNodes('db1: { host: a, follows: db2 }', 'db2: { host: b, follows: db1 }'),
    'replctl.yaml:3:1: every node follows another',
  ],
  [
    'two leaders',
    withNodes(node, 'db2: { host: b }'),
    'replctl.yaml:5:3: db2 has no "follows" and would be a second leader: db1 has none either',
  ],
  ['a node without a host', withNodes('db1: {}'), 'replctl.yaml:4:3: db1 needs "host" (or "transport: local")'],
  [
    'a local node with a host',
    withNodes('db1: { host: a, transport: local }'),
    'db1 is this machine (transport: local) and takes no "host"',
  ],
  [
    'two transports',
    withNodes('db1: { host: a, transport: ssh2, ssh: { transport: openssh } }'),
    'db1 has two different transports',
  ],
  [
    'a follows that is a number',
    withNodes(node, 'db2: { host: b, follows: 1 }'),
    'follows must be text (put numbers in quotes)',
  ],
];

describe('a fleet file that is refused', () => {
  test.each(cases)('for %s', async (_, text, message) => {
    const error = await refusal(text);
    expect(error).toMatchObject({ code: 'FLEET_INVALID', exitCode: 2 });
    expect(error.message).toContain(message);
  });

  test('names every problem at once, in the order of the file', async () => {
    const error = await refusal(`fleet: orders\nengine: oracle\nssh: { usr: ops }\nnodes:\n  DB1: { host: a }\n`);
    expect(error.message.split('\n').map((line) => line.split(' ')[0])).toEqual([
      'replctl.yaml:2:9:',
      'replctl.yaml:3:8:',
      'replctl.yaml:5:3:',
    ]);
    expect(error.details['problems']).toHaveLength(3);
  });

  test('never repeats what stands where a secret belongs', async () => {
    const error = await refusal(withNodes('db1: { host: a, database: { adminPassword: hunter2 } }'));
    expect(error.message).toContain('adminPassword must be one of { env: NAME }');
    expect(JSON.stringify([error.message, error.hint, error.details])).not.toContain('hunter2');
  });

  test('for a command that others could have written', async () => {
    const text = withNodes('db1: { host: a, database: { adminPassword: { command: [pass, db] } } }');
    const error = await refusal(text, { mode: 0o664 });
    expect(error.message).toContain(
      'replctl.yaml:4:48: a command is not run from this file, because other users can write it',
    );
  });
});
