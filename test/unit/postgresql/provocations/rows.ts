import type { FullServerFacts, SenderRow, SlotRow } from '../../../../src/adapters/postgresql/facts.ts';

export const sender = (unlike: Partial<SenderRow> = {}): SenderRow => ({
  pid: 4711,
  usename: 'repl',
  application_name: 'db3',
  client_addr: '10.0.0.13',
  state: 'streaming',
  replay_lsn: '0/5000060',
  sync_state: 'async',
  ...unlike,
});

export const slot = (unlike: Partial<SlotRow> = {}): SlotRow => ({
  slot_name: 'replctl_db3_r0000000000',
  slot_type: 'physical',
  active: true,
  active_pid: 4711,
  restart_lsn: '0/5000000',
  wal_status: 'reserved',
  retained: 96,
  ...unlike,
});

export const GB = 1_000_000_000;

export const database = (
  unlike: Partial<FullServerFacts['databases'][number]>,
): FullServerFacts['databases'][number] => ({
  name: 'shop',
  bytes: GB,
  user_made: true,
  connectable: true,
  provider: 'c',
  collate: 'en_US.UTF-8',
  locale: null,
  version: '2.41',
  ...unlike,
});
