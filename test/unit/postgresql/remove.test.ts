import { expect, test } from 'vitest';
import { postgresql } from '../../../src/adapters/postgresql/index.ts';
import { castOf } from './facts.ts';
import { nodesOf, theRun } from './nodes.ts';

const stepsOf = (unlike: Parameters<typeof castOf>[0]): readonly string[] => {
  const facts = castOf(unlike);
  const nodes = nodesOf(facts);
  return postgresql
    .removeFollower({
      run: theRun,
      fleet: 'orders',
      name: 'db2',
      leader: { node: nodes.leader, facts: facts.leader },
      upstream: { node: nodes.upstream, facts: facts.upstream },
    })
    .map(({ id }) => id);
};

test('a follower of the leader leaves nothing on the leader', () => {
  expect(stepsOf({})).toEqual(['remove.slots-db1', 'remove.admission-db1', 'remove.role']);
});

test('a follower of another node may have followed the leader before: its slot there goes too', () => {
  expect(stepsOf({ upstream: {} })).toEqual([
    'remove.slots-mid',
    'remove.admission-mid',
    'remove.slots-db1',
    'remove.admission-db1',
    'remove.role',
  ]);
});

test('the password goes before the upstream: one that dies between them takes both away when it is given again', () => {
  const facts = castOf({ follower: {} });
  const nodes = nodesOf(facts);
  const side = (name: 'leader' | 'follower') => ({ node: nodes[name], facts: facts[name] });
  const guard = () => ({ path: '/lease', epoch: 3, owner: 'postgres' });
  const [stop] = postgresql.removeFollower({
    run: theRun,
    fleet: 'orders',
    name: 'db2',
    leader: side('leader'),
    upstream: side('leader'),
    follower: { ...side('follower'), guard },
  });
  expect(stop!.plan().map(({ text }) => text.split(' ')[0])).toEqual(['rm', 'ALTER', 'ALTER', 'SELECT']);
});
