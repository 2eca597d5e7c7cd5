import { expect, test } from 'vitest';
import { didYouMean, nearest } from '../../../src/fleet/nearest.ts';

test.each([
  ['prot', ['port', 'socket'], 'port'],
  ['PORT', ['port', 'socket'], 'port'],
  ['identityfile', ['identityFile', 'knownHostsFile'], 'identityFile'],
  ['statu', ['status', 'runs'], 'status'],
  ['colour', ['host', 'follows'], undefined],
  ['a', ['b'], undefined],
  ['', ['b'], undefined],
])('of %j among %j is %j', (word, candidates, expected) => {
  expect(nearest(word, candidates)).toBe(expected);
});

test('nothing is suggested where nothing is near', () => {
  expect(didYouMean('colour', ['host'])).toBe('');
});
