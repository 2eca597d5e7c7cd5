import { expect, test } from 'vitest';
import { mysqlAdapter } from '../../../src/adapters/mysql/index.ts';
import { nodesOf, theRun } from '../adapters/cast-nodes.ts';
import { castOf } from './facts.ts';

test.each([
  ['mysql', ['rm', 'SET', 'SET', 'STOP', 'RESET']],
  ['mariadb', ['rm', 'SET', 'STOP', 'RESET']],
] as const)(
  'on %s the password goes before the upstream: one that dies between them takes both away when it is given again',
  (flavour, verbs) => {
    const facts = castOf({ flavour });
    const nodes = nodesOf(facts);
    const side = (name: 'leader' | 'follower') => ({ node: nodes[name], facts: facts[name] });
    const guard = () => ({ path: '/lease', epoch: 3, owner: 'mysql' });
    const [stop] = mysqlAdapter(flavour).removeFollower({
      run: theRun,
      fleet: 'orders',
      name: 'db2',
      leader: side('leader'),
      upstream: side('leader'),
      follower: { ...side('follower'), guard },
    });
    expect(stop!.plan().map(({ text }) => text.split(' ')[0])).toEqual(verbs);
  },
);
