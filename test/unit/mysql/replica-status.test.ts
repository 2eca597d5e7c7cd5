import { expect, test } from 'vitest';
import { parseReplicaStatus } from '../../../src/adapters/mysql/replica-status.ts';

/** Columns as MySQL 8.0.22 and later say them. */
const row = {
  Channel_Name: '',
  Source_Host: '10.0.0.11',
  Source_Port: '3306',
  Source_User: 'replctl_db2',
  Replica_IO_Running: 'Yes',
  Replica_SQL_Running: 'Yes',
  Source_Log_File: 'binlog.000005',
  Read_Source_Log_Pos: '500',
  Relay_Source_Log_File: 'binlog.000004',
  Exec_Source_Log_Pos: '400',
  Last_IO_Errno: '0',
  Last_IO_Error: '',
  Last_SQL_Errno: '0',
  Last_SQL_Error: '',
  Auto_Position: '1',
  Source_SSL_Allowed: 'Yes',
  Replicate_Do_DB: '',
};

/** As MariaDB, and MySQL before 8.0.22, say them. */
const inOldWords = (given: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name.replace('Source', 'Master').replace('Replica_', 'Slave_').replace('Master_Host', 'Master_Host'),
      value,
    ]),
  );

test('a healthy channel is read', () => {
  expect(parseReplicaStatus(row)).toEqual({
    channel: '',
    host: '10.0.0.11',
    port: 3306,
    user: 'replctl_db2',
    receiver: 'running',
    applier: 'running',
    receiverError: '',
    applierError: '',
    read: { file: 'binlog.000005', position: 500 },
    executed: { file: 'binlog.000004', position: 400 },
    usesGtid: true,
    tls: true,
    filters: [],
    appliedAt: null,
  });
});

test('in the old words it says the same', () => {
  expect(parseReplicaStatus(inOldWords(row))).toEqual(parseReplicaStatus(row));
});

test.each([
  ['Connecting', 'connecting'],
  ['Preparing', 'connecting'],
  ['No', 'stopped'],
])('a receiver that says %s is %s', (said, state) => {
  expect(parseReplicaStatus({ ...row, Replica_IO_Running: said }).receiver).toBe(state);
});

test('errors come with their numbers', () => {
  const broken = {
    Last_SQL_Errno: '1062',
    Last_SQL_Error: 'Duplicate entry',
    Last_IO_Errno: '1236',
    Last_IO_Error: 'purged',
  };
  expect(parseReplicaStatus({ ...row, ...broken })).toMatchObject({
    applierError: '1062: Duplicate entry',
    receiverError: '1236: purged',
  });
});

test('filters are named, and what MariaDB 11 only tells of is none', () => {
  const filtered = { ...row, Replicate_Do_DB: 'app', Replicate_Ignore_Server_Ids: '7' };
  expect(parseReplicaStatus(filtered).filters).toEqual(['Replicate_Do_DB']);
});

test.each([
  [{ Using_Gtid: 'Slave_Pos' }, true],
  [{ Using_Gtid: 'Current_Pos' }, true],
  [{ Using_Gtid: 'No' }, false],
])('%j follows by GTID: %s', (said, uses) => {
  expect(parseReplicaStatus({ ...row, Auto_Position: '', ...said }).usesGtid).toBe(uses);
});
