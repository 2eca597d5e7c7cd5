import { expect, test } from 'vitest';
import { differences } from '../../../src/workflow/run-differs.ts';

test('inputs that differ are named down to the value', () => {
  const was = { node: 'db2', want: { method: 'clone', rate: 5, maxLag: { seconds: 1 } } };
  const is = { node: 'db2', want: { method: 'dump', maxLag: { bytes: 1 } } };
  expect(differences(was, was)).toEqual([]);
  expect(differences(was, is)).toEqual([
    { path: 'want.method', was: 'clone', is: 'dump' },
    { path: 'want.rate', was: 5, is: undefined },
    { path: 'want.maxLag.seconds', was: 1, is: undefined },
    { path: 'want.maxLag.bytes', was: undefined, is: 1 },
  ]);
});
