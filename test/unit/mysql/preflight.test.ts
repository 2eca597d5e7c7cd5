import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Cast, Finding, Node } from '../../../src/adapters/adapter.ts';
import { mysqlAdapter } from '../../../src/adapters/mysql/index.ts';
import { nodesOf, want } from '../adapters/cast-nodes.ts';
import { castOf, type UnlikeCast } from './facts.ts';
import type { Provocation } from './provocation.ts';
import { machineProvocations } from './provocations-machines.ts';
import { methodProvocations } from './provocations-methods.ts';
import { serverProvocations } from './provocations-servers.ts';
import { wayProvocations } from './provocations-way.ts';

/** Every finding by its code, with the ways to provoke it. */
const provocations = { ...serverProvocations, ...methodProvocations, ...machineProvocations, ...wayProvocations };

type Asked = Pick<Provocation, 'database' | 'want'>;

const findingsOf = (unlike: UnlikeCast, asked: Asked = {}, resuming = false): readonly Finding[] => {
  const facts = castOf(unlike);
  const nodes = nodesOf(facts, asked.database);
  // What the fleet file says of databases it may say of all nodes.
  const source: Node = { ...nodes.source, database: { ...nodes.source.database, ...asked.database } };
  const cast: Cast<Node> = { ...nodes, source };
  return mysqlAdapter(unlike.flavour ?? 'mysql').preflight(facts, cast, want(asked.want), resuming);
};
const codesOf = (...args: Parameters<typeof findingsOf>): readonly string[] =>
  findingsOf(...args).map(({ code }) => code);

const cases = Object.entries(provocations).flatMap(([code, ways]) => ways.map((way) => [code, way.when, way] as const));

describe('the preflight of MySQL and MariaDB', () => {
  test.each(['mysql', 'mariadb'] as const)('has nothing against sound machines of %s', (flavour) => {
    expect(findingsOf({ flavour })).toEqual([]);
    expect(findingsOf({ flavour, upstream: {} })).toEqual([]);
    expect(findingsOf({ flavour, source: {} })).toEqual([]);
  });

  test.each(cases)('says %s where %s', (code, _, { severity, node, cast, says, advises, ...asked }) => {
    const finding = findingsOf(cast, asked).find((one) => one.code === code);
    expect(finding).toMatchObject({ code, severity, node });
    for (const value of says) expect(finding!.message).toContain(value);
    for (const advice of advises) expect(finding!.hint).toContain(advice);
  });

  test('has a provocation here for every finding that it knows', () => {
    const directory = fileURLToPath(new URL('../../../src/adapters/mysql/', import.meta.url));
    const isAsked = (name: string) => /^preflight\/|-method\.ts$/.test(name);
    const source = readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .filter(isAsked)
      .map((name) => readFileSync(`${directory}${name}`, 'utf8'))
      .join('\n');
    const known = new Set([...source.matchAll(/code: '([A-Z_]+)'/g)].map(([, code]) => code));
    expect(Object.keys(provocations).toSorted()).toEqual([...known].toSorted());
  });

  test('a dump needs no keys where only the log is encrypted', () => {
    const leader = { server: { holdsKeys: true }, settings: { innodb_encrypt_log: 'ON' } };
    expect(codesOf({ flavour: 'mariadb', leader }, { want: { method: 'mariabackup' } })).toEqual(['ENCRYPTED_DATA']);
    expect(codesOf({ flavour: 'mariadb', leader }, { want: { method: 'dump' } })).toEqual([]);
  });

  test('names every finding at once, errors first', () => {
    const codes = codesOf({
      leader: { settings: { log_bin: 'OFF', server_id: '0' } },
      follower: { machine: { clockAhead: 60 }, server: { databases: ['shop'] } },
    });
    expect(codes).toEqual(expect.arrayContaining(['NO_BINLOG', 'SERVER_ID_ZERO', 'DATA_PRESENT']));
    expect(codes.indexOf('CLOCK_SKEW')).toBeGreaterThan(codes.indexOf('DATA_PRESENT'));
  });

  test('asks of a run that goes on only what its rest depends on', () => {
    const halfMade = { server: { databases: ['shop'] }, disk: { free: 1 } };
    expect(codesOf({ follower: halfMade })).toContain('DISK_TOO_SMALL');
    expect(codesOf({ follower: halfMade }, {}, true)).toEqual([]);
    expect(codesOf({ leader: { server: null } }, {}, true)).toContain('SERVER_DOWN');
  });
});

describe('what is chosen where nothing is asked for', () => {
  const table = { schema: 'app', name: 'old', bytes: 1, rows: 1 };
  test.each<[string, UnlikeCast, string, RegExp]>([
    ['one series, all InnoDB', {}, 'clone', /one series/],
    ['an older leader', { leader: { layout: { version: '8.4.7' } } }, 'dump', /not clone: .*8\.4\.7/],
    [
      'MyISAM',
      { leader: { server: { otherEngines: [{ ...table, engine: 'MyISAM' }] } } },
      'dump',
      /not clone: .*MyISAM/,
    ],
    ['MariaDB of one series', { flavour: 'mariadb' }, 'mariabackup', /mariadb-backup/],
    [
      'an older MariaDB',
      { flavour: 'mariadb', leader: { layout: { version: '10.11.18' } } },
      'dump',
      /not mariabackup: .*10\.11\.18/,
    ],
  ])('%s: a method with its reason', (_, unlike, name, because) => {
    const chosen = mysqlAdapter(unlike.flavour ?? 'mysql').method('auto', castOf(unlike));
    expect(chosen.name).toBe(name);
    expect(chosen.because).toMatch(because);
  });

  test('a method of the other engine is refused', () => {
    expect(() => mysqlAdapter('mysql').method('mariabackup')).toThrow(/not for MySQL/);
  });
});
