import { expect, test } from 'vitest';
import { overridden } from '../../../src/adapters/mysql/steps/in-force.ts';

const ours = [
  '# replctl.run r-1 closed',
  'server_id = 7',
  'read_only = ON',
  'skip_slave_start = OFF',
  'log_bin = binlog',
];
const told = 'mariadbd would have been started with the following arguments:\n';
const sound = '--datadir=/srv/a b --server-id=1 --server_id=7 --read_only=1 --skip_slave_start=OFF --log_bin=binlog';

test('the last word on an option is what counts, in whatever way it is written', () => {
  expect(overridden(ours, told + sound)).toEqual([]);
  expect(overridden(ours, `${told}${sound} --loose-read-only=0 --server_id=1`)).toEqual([
    'server_id = 1',
    'read_only = 0',
  ]);
});

test('an option without a value is on, and what it skips is off', () => {
  expect(overridden(ours, `${told}${sound} --skip-slave-start --skip-log-bin`)).toEqual([
    'skip_slave_start = ON',
    'log_bin = OFF',
  ]);
});

test('an option file that is not read at all is told as well', () => {
  expect(overridden(ours, `${told}--datadir=/var/lib/mysql`)).toEqual([
    'no server_id',
    'no read_only',
    'no skip_slave_start',
    'no log_bin',
  ]);
});
