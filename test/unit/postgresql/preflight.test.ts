import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/adapters/adapter.ts';
import { postgresql } from '../../../src/adapters/postgresql/index.ts';
import { castOf, type UnlikeCast } from './facts.ts';
import { nodesOf, want } from './nodes.ts';
import { collationProvocations } from './provocations/collation.ts';
import type { Provocation } from './provocations/provocation.ts';
import { sender, slot } from './provocations/rows.ts';
import { serversProvocations } from './provocations/servers.ts';
import { spaceProvocations } from './provocations/space.ts';
import { targetProvocations } from './provocations/target.ts';
import { upstreamProvocations } from './provocations/upstream.ts';

/** Every finding by its code, with the ways to provoke it. */
const provocations: Readonly<Record<string, readonly Provocation[]>> = {
  ...serversProvocations,
  ...targetProvocations,
  ...upstreamProvocations,
  ...spaceProvocations,
  ...collationProvocations,
};

type Asked = Pick<Provocation, 'database' | 'want'>;

const findingsOf = (unlike: UnlikeCast, asked: Asked = {}, resuming = false): readonly Finding[] => {
  const facts = castOf(unlike);
  return postgresql.preflight(facts, nodesOf(facts, asked.database), want(asked.want), resuming);
};
const codesOf = (...args: Parameters<typeof findingsOf>): readonly string[] =>
  findingsOf(...args).map(({ code }) => code);

const cases = Object.entries(provocations).flatMap(([code, ways]) => ways.map((way) => [code, way.when, way] as const));

describe('the preflight', () => {
  test('has nothing against sound machines', () => {
    expect(findingsOf({})).toEqual([]);
    expect(findingsOf({ upstream: {} })).toEqual([]);
    expect(findingsOf({ source: {} })).toEqual([]);
  });

  test.each(cases)('says %s where %s', (code, _, { severity, node, cast, says, advises, ...asked }) => {
    const finding = findingsOf(cast, asked).find((one) => one.code === code);
    expect(finding).toMatchObject({ code, severity, node });
    for (const value of says) expect(finding!.message).toContain(value);
    for (const advice of advises) expect(finding!.hint).toContain(advice);
  });

  test('has a provocation here for every finding that it knows', () => {
    const directory = fileURLToPath(new URL('../../../src/adapters/postgresql/preflight/', import.meta.url));
    const source = readdirSync(directory)
      .map((name) => readFileSync(`${directory}${name}`, 'utf8'))
      .join('\n');
    const known = new Set([...source.matchAll(/code: '([A-Z_]+)'/g)].map(([, code]) => code));
    expect(Object.keys(provocations).toSorted()).toEqual([...known].toSorted());
  });

  test('names every finding at once, errors first', () => {
    const codes = codesOf({
      leader: { settings: { wal_level: 'minimal', ssl: 'off', max_wal_senders: '1' } },
      follower: { machine: { clockAhead: 60 }, server: { userRoles: 2 } },
    });
    expect(codes).toEqual(expect.arrayContaining(['WAL_LEVEL', 'NO_FREE_WALSENDER', 'DATA_PRESENT']));
    expect(codes.indexOf('CLOCK_SKEW')).toBeGreaterThan(codes.indexOf('DATA_PRESENT'));
    expect(codes.indexOf('CLEAR_TEXT')).toBeGreaterThan(codes.indexOf('DATA_PRESENT'));
  });

  test('asks of a run that goes on only what its rest depends on', () => {
    const halfMade = { server: { userRoles: 2 }, disk: { free: 1 } };
    expect(codesOf({ follower: halfMade })).toContain('DISK_TOO_SMALL');
    expect(codesOf({ follower: halfMade }, {}, true)).toEqual([]);
    expect(codesOf({ leader: { server: null } }, {}, true)).toContain('SERVER_DOWN');
  });
});

describe('the preflight lets pass', () => {
  test.each<[string, UnlikeCast, Asked?]>([
    ['someone else’s data with --replace', { follower: { server: { userRoles: 2 } } }, { want: { replace: true } }],
    [
      'a cluster as its package made it, shut down',
      {
        follower: {
          server: null,
          disk: {
            serverProcess: false,
            control: {
              systemIdentifier: '7',
              timeline: 1,
              state: 'shut down',
              nextOid: 13_000,
              checksums: true,
              blockSize: 8192,
              segmentSize: 16_777_216,
            },
          },
        },
      },
    ],
    [
      'the same port on another machine of the same machine id',
      {
        leader: { rest: { machineId: 'cafe' } },
        follower: { rest: { machineId: 'cafe' }, layout: { dataDir: '/srv/second' } },
      },
    ],
    ['an empty data directory', { follower: { server: null, disk: { serverProcess: false, entries: 0 } } }],
    ['other C libraries where all databases compare bytes', { follower: { machine: { libc: 'glibc 2.36' } } }],
    [
      'other C libraries where databases sort by ICU or by PostgreSQL itself',
      {
        leader: {
          server: {
            databases: ['i', 'b'].map((provider) => ({
              name: provider,
              bytes: 1,
              user_made: true,
              connectable: true,
              provider,
              collate: 'en_US.UTF-8',
              locale: 'en',
              version: '1',
            })),
          },
        },
        follower: { machine: { libc: 'glibc 2.36' } },
      },
    ],
    [
      'a second user of a synchronous leader that has its standby',
      {
        leader: { settings: { synchronous_standby_names: '*' }, server: { senders: [sender({ sync_state: 'sync' })] } },
      },
    ],
    [
      'exactly as many free walsenders and slots as are needed',
      {
        leader: {
          settings: { max_wal_senders: '3', max_replication_slots: '2' },
          server: { senders: [sender()], slots: [slot()] },
        },
      },
    ],
    [
      'a role that this fleet’s node has had before',
      {
        leader: { server: { ourRoles: [{ name: 'replctl_db2', comment: 'replctl fleet=orders node=db2' }] } },
      },
    ],
    [
      'clear text on one machine',
      {
        leader: { settings: { ssl: 'off' }, rest: { machineId: 'one' } },
        follower: { rest: { machineId: 'one' }, layout: { dataDir: '/srv/second' } },
      },
    ],
    ['a follower’s settings that are larger than the leader’s', { follower: { settings: { max_connections: '500' } } }],
    [
      'full_page_writes off where the copy comes from the leader',
      { leader: { settings: { full_page_writes: 'off' } } },
    ],
    [
      'a backup that somebody takes from the follower',
      { follower: { server: { senders: [sender({ state: 'backup' })] } } },
    ],
    [
      'a copy with a tablespace on a disk of its own',
      {
        leader: {
          server: {
            tablespaces: [{ oid: 16_400, name: 'fast', path: '/srv/fast', bytes: 95_000_000_000 }],
            clusterBytes: 100_000_000_000,
          },
        },
        follower: {
          disk: {
            free: 20_000_000_000,
            places: [
              { path: '/srv/fast', free: 96_000_000_000, device: '77', exists: true, writable: true, strangers: [] },
            ],
          },
        },
      },
    ],
  ])('%s', (_, cast, asked) => {
    expect(findingsOf(cast, asked)).toEqual([]);
  });

  test('what --allow may turn into a warning is marked, and nothing else is', () => {
    const allowable = cases.flatMap(([code, , { cast, ...asked }]) =>
      findingsOf(cast, asked)
        .filter((finding) => finding.code === code && finding.allowable)
        .map((finding) => finding.code),
    );
    expect([...new Set(allowable)].toSorted()).toEqual(['COLLATION_DIFFERS', 'HBA_UNLOADED']);
  });
});
