import { expect, test } from 'vitest';
import { canOpen } from '../../../src/adapters/mysql/data-file-path.ts';

const usual = 'ibdata1:12M:autoextend';

test.each([
  [usual, usual, true],
  [usual, 'ibdata1:100M:autoextend', true],
  ['ibdata1:100M:autoextend', usual, false],
  [usual, 'ibdata1:20M;ibdata2:12M:autoextend', false],
  ['ibdata1:20M;ibdata2:12M:autoextend', usual, false],
  ['ibdata1:20480K;ibdata2:12M:autoextend:max:1G', 'ibdata1:20M;ibdata2:12M:autoextend', true],
  ['ibdata1:12M;ibdata2:12M:autoextend', 'ibdata1:20M;ibdata2:12M:autoextend', false],
  ['system:12M:autoextend', usual, false],
])('a server of %s on files of %s: %s', (path, madeBy, starts) => {
  expect(canOpen(path, madeBy)).toBe(starts);
});
