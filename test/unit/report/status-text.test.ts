import { describe, expect, test } from 'vitest';
import type { NodeStatus } from '../../../src/adapters/adapter.ts';
import { statusText } from '../../../src/report/status-text.ts';
import { plainTerminal } from '../../../src/report/terminal.ts';
import { topology } from '../../../src/report/topology.ts';

const node = (name: string, upstream: string | null, more: Partial<NodeStatus> = {}): NodeStatus => ({
  name,
  upstream,
  role: upstream === null ? 'leader' : 'follower',
  state: upstream === null ? 'running' : 'streaming',
  position: { lsn: '0/3000148', timeline: 1 },
  lag: upstream === null ? null : { bytes: 0, seconds: 0, transactions: null },
  slot: upstream === null ? null : { name: `replctl_${name}`, state: 'active', retainedBytes: 12e6 },
  readOnly: upstream !== null,
  version: '17.2',
  warnings: [],
  ...more,
});

const fleet: readonly NodeStatus[] = [
  node('db1', null),
  node('db2', 'db1'),
  node('db4', 'db2', {
    state: 'catching-up',
    lag: { bytes: 34e6, seconds: 12, transactions: null },
    warnings: [{ code: 'OLD', message: 'Old data is kept: 3.0 GB in /srv/old.', hint: 'Remove it once you are sure.' }],
  }),
  node('db3', 'db1', {
    role: 'unknown',
    state: 'unreachable',
    position: null,
    lag: null,
    slot: null,
    version: null,
    readOnly: null,
    warnings: [{ code: 'HOST_UNREACHABLE', message: 'no route\x1b[2J to host' }],
  }),
];

const render = (nodes: readonly NodeStatus[], unicode = true): Promise<string> =>
  statusText({ fleet: 'orders', engine: 'postgresql', healthy: false, nodes }, plainTerminal(unicode));

describe('the status of a fleet', () => {
  test('is a tree with aligned columns and the warnings beneath their nodes', async () => {
    expect(await render(fleet)).toBe(
      [
        'orders (postgresql): not healthy',
        '',
        'NODE       ROLE      STATE        LAG          POSITION   SLOT                             VERSION',
        'db1        leader    running                   0/3000148                                   17.2',
        '├─ db2     follower  streaming    0 s, 0 B     0/3000148  replctl_db2 active, keeps 12 MB  17.2',
        '│  └─ db4  follower  catching-up  12 s, 34 MB  0/3000148  replctl_db4 active, keeps 12 MB  17.2',
        '│          ! Old data is kept: 3.0 GB in /srv/old.',
        '│            Remove it once you are sure.',
        '└─ db3               unreachable',
        '           ! no route\\x1b[2J to host',
      ].join('\n'),
    );
  });

  test('needs nothing but ASCII where the terminal has nothing else', async () => {
    expect(await render(fleet, false)).toMatch(/^[\x20-\x7e\n]*$/);
    expect(await render(fleet, false)).toContain('|  `- db4');
  });

  test('does without its least columns where the terminal is narrow', async () => {
    const status = { fleet: 'orders', engine: 'postgresql', healthy: false, nodes: fleet };
    const narrow = await statusText(status, plainTerminal(true, 80));
    expect(narrow).toContain('NODE       ROLE      STATE        LAG          SLOT\n');
    expect(Math.max(...narrow.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test('shows a follower that can be written, and a long GTID set not at all', async () => {
    const gtid = `3E11FA47-71CA-11E1-9E33-C80AA9429562:1-${'9'.repeat(40)}`;
    const text = await render([
      node('db1', null, { position: { file: 'binlog.000003', position: 154, gtid } }),
      node('db2', 'db1', { readOnly: false, position: { gtid } }),
    ]);
    expect(text).toContain('writable');
    expect(text).toContain('binlog.000003:154');
    expect(text).not.toContain('3E11FA47');
  });
});

describe('a topology', () => {
  const names = (nodes: readonly { name: string; upstream: string | null }[]) =>
    topology(nodes, false).map(({ lead, name }) => lead + name);

  test('shows an upstream that is none of the nodes', () => {
    expect(names([{ name: 'db2', upstream: '10.0.0.9' }])).toEqual(['10.0.0.9', '`- db2']);
  });

  test('ends where nodes follow each other in a circle', () => {
    const circle = [
      { name: 'a', upstream: 'b' },
      { name: 'b', upstream: 'a' },
      { name: 'c', upstream: 'c' },
    ];
    expect(names(circle)).toEqual(['a', '`- b', 'c']);
  });
});
