/** Settings that a hot standby must have at least as large as its leader, or it refuses to start (since 14: pauses). https://www.postgresql.org/docs/current/hot-standby.html#HOT-STANDBY-ADMIN */
export const standbySettings = [
  'max_connections',
  'max_worker_processes',
  'max_wal_senders',
  'max_prepared_transactions',
  'max_locks_per_transaction',
] as const;
