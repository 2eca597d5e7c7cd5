import { describe, expect, test } from 'vitest';
import { placesOf, stagedBefore } from '../../../src/adapters/postgresql/places.ts';
import { castOf, type Unlike } from './facts.ts';
import { nodesOf, theRun } from './nodes.ts';

const tablespace = { oid: 16_400, name: 'fast', path: '/srv/fast', bytes: 1 };

const placesFor = (follower: Unlike, source: Unlike = {}, tablespaces: Readonly<Record<string, string>> = {}) => {
  const facts = castOf({ leader: source, follower });
  return placesOf(theRun, facts, nodesOf(facts, { tablespaces }).follower);
};

describe('the places of a run', () => {
  test('lie beside the data directory', () => {
    expect(placesFor({})).toEqual([
      {
        kind: 'data',
        mode: 'rename',
        entries: '*',
        final: '/var/lib/postgresql/17/main',
        staged: '/var/lib/postgresql/17/main.replctl-r-0a1b2c3d4e',
        aside: '/var/lib/postgresql/17/main.replctl-aside-r-0a1b2c3d4e',
      },
    ]);
  });

  test.each<[string, Unlike]>([
    ['is a mount point', { disk: { mount: true } }],
    ['has a parent that the server may not write', { disk: { parentWritable: false } }],
  ])('lie within the data directory where that %s', (_, follower) => {
    expect(placesFor(follower)[0]).toMatchObject({
      mode: 'entries',
      entries: '*',
      staged: '/var/lib/postgresql/17/main/.replctl-r-0a1b2c3d4e/staged',
      aside: '/var/lib/postgresql/17/main/.replctl-r-0a1b2c3d4e/aside',
    });
  });

  test('are on the log’s own file system for the log', () => {
    const wal = { dir: '/wal/17', free: 1, device: '9', mount: false };
    expect(placesFor({ disk: { wal } })[1]).toMatchObject({
      kind: 'wal',
      mode: 'rename',
      final: '/wal/17',
      staged: '/wal/17.replctl-r-0a1b2c3d4e',
    });
    expect(placesFor({ disk: { wal: { ...wal, mount: true } } })[1]).toMatchObject({
      mode: 'entries',
      staged: '/wal/17/.replctl-r-0a1b2c3d4e/staged',
    });
  });

  test('are in each tablespace, of which only this version’s entry is ours', () => {
    expect(placesFor({}, { server: { tablespaces: [tablespace] } })[1]).toEqual({
      kind: 'tablespace',
      mode: 'entries',
      entries: 'PG_17_*',
      source: '/srv/fast',
      final: '/srv/fast',
      staged: '/srv/fast/.replctl-r-0a1b2c3d4e/staged',
      aside: '/srv/fast/.replctl-r-0a1b2c3d4e/aside',
    });
  });

  test('go by the leader’s path of a tablespace, also where the copy comes from a follower that has it elsewhere', () => {
    const facts = castOf({
      leader: { server: { tablespaces: [tablespace] } },
      source: { server: { tablespaces: [{ ...tablespace, path: '/mnt/theirs' }] } },
      follower: {},
    });
    const finalFor = (tablespaces: Readonly<Record<string, string>>) =>
      placesOf(theRun, facts, nodesOf(facts, { tablespaces }).follower)[1];
    expect(finalFor({})).toMatchObject({ source: '/mnt/theirs', final: '/srv/fast' });
    expect(finalFor({ '/srv/fast': '/mnt/ours' })).toMatchObject({ source: '/mnt/theirs', final: '/mnt/ours' });
  });

  test('are those that the copy was staged in, where nobody can be asked for tablespaces any more', () => {
    const mount = { disk: { mount: true } };
    const facts = castOf({ leader: { server: { tablespaces: [tablespace] } }, follower: mount });
    const { follower } = nodesOf(facts, {});
    const own = '/var/lib/postgresql/17/main/.replctl-r-0a1b2c3d4e/staged';
    const intent = { staged: [own, "/srv/o'hare \nfast/.replctl-r-0a1b2c3d4e/staged", 'relative', 7] };
    const places = placesOf(theRun, facts, follower, stagedBefore(intent));
    expect(places.map(({ final }) => final)).toEqual(['/var/lib/postgresql/17/main', "/srv/o'hare \nfast"]);
    expect(places[1]).toMatchObject({ kind: 'tablespace', mode: 'entries', entries: 'PG_17_*' });
    expect(placesOf(theRun, facts, follower, stagedBefore(undefined))).toHaveLength(1);
  });

  test('follow the fleet file’s map of tablespaces', () => {
    const [, mapped] = placesFor({}, { server: { tablespaces: [tablespace] } }, { '/srv/fast': '/mnt/ssd/fast' });
    expect(mapped).toMatchObject({ source: '/srv/fast', final: '/mnt/ssd/fast' });
  });
});
