import { expect, test } from 'vitest';
import { followerState } from '../../../src/adapters/mysql/follower-state.ts';
import { fragmentMark } from '../../../src/adapters/mysql/fragment.ts';
import { accountName } from '../../../src/adapters/mysql/names.ts';
import { nodesOf, theRun } from '../adapters/cast-nodes.ts';
import { castOf, channel, uuid, type UnlikeCast } from './facts.ts';

const stateOf = (unlike: UnlikeCast) => {
  const facts = castOf(unlike);
  return followerState(facts, nodesOf(facts), 1000);
};
const following = (unlike: Parameters<typeof channel>[0] = {}) => ({ server: { replica: [channel(unlike)] } });
const other = uuid.replace('a7', 'b7');
const ours = accountName('orders', 'db2');

test.each<[string, UnlikeCast]>([
  ['follows nobody', {}],
  ['has no server', { follower: { layout: null, disk: null, server: null } }],
  ['follows somebody else’s leader, for somebody else', { follower: following({ host: '10.9.9.9', user: 'repl' }) }],
  [
    'was ours, and takes writes: somebody made it a leader',
    { follower: { settings: { read_only: 'OFF' }, disk: { fragment: `${fragmentMark(theRun, 'tailing')}\n` } } },
  ],
  ['is stopped, and was never ours', { follower: { server: null, disk: { serverProcess: false } } }],
])('a node that %s is no follower', (_, unlike) => {
  expect(stateOf(unlike)).toEqual({ state: 'absent' });
});

test('one that follows the upstream with both threads is healthy', () => {
  expect(stateOf({ follower: following() })).toMatchObject({
    state: 'healthy',
    lag: { bytes: 0, seconds: 0, transactions: 0 },
    position: { file: 'binlog.000004', position: 1234 },
  });
});

test('one that has got more meanwhile, of the leader itself, is healthy', () => {
  const ahead = { server: { replica: [channel()], history: `${uuid}:1-1002` } };
  expect(stateOf({ follower: ahead }).state).toBe('healthy');
  const mariadb = { server: { replica: [channel()], history: '0-1-1002' } };
  expect(stateOf({ flavour: 'mariadb', follower: mariadb }).state).toBe('healthy');
});

test.each<[string, UnlikeCast, RegExp]>([
  [
    'does not receive',
    { follower: following({ receiver: 'connecting', receiverError: '2003: refused' }) },
    /2003: refused/,
  ],
  [
    'does not apply',
    { follower: following({ applier: 'stopped', applierError: '1062: Duplicate' }) },
    /1062: Duplicate/,
  ],
  [
    'has rows of its own',
    { follower: { server: { replica: [channel()], history: `${uuid}:1-1000,${other}:1-2` } } },
    new RegExp(`${other}:1-2`),
  ],
  [
    'was taken out, and stays closed',
    { follower: { settings: { read_only: 'ON' }, disk: { fragment: `${fragmentMark(theRun, 'tailing')}\n` } } },
    /follows nobody/,
  ],
  [
    'was made by a run, and is stopped',
    { follower: { server: null, disk: { serverProcess: false, fragment: `${fragmentMark(theRun, 'tailing')}\n` } } },
    /does not run/,
  ],
])('one that %s is broken, and it is said why', (_, unlike, why) => {
  expect(stateOf(unlike)).toMatchObject({ state: 'broken', evidence: expect.stringMatching(why) });
});

test.each<[string, UnlikeCast]>([
  ['our account', { follower: following({ host: '10.9.9.9', user: ours }) }],
  ['the leader, where another is wanted', { upstream: {}, follower: following({ user: 'repl' }) }],
])('one that follows another node with %s has the wrong upstream', (_, unlike) => {
  expect(stateOf(unlike).state).toBe('wrong-upstream');
});
