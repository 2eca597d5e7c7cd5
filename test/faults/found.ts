import type { Case } from './cases.ts';

/** Cases that once failed, by track: they are among the few of theirs. */
export const found: Readonly<Record<string, readonly Case[]>> = {
  postgresql: [
    // A session that the cut left on the leader stayed for hours.
    {
      command: 'add-follower',
      step: 'configure.standby',
      when: 'inside',
      blow: 'the leader cut off for good',
      ending: 'elsewhere',
    },
    // The run was over when the server went down, and could neither be resumed nor was it done.
    {
      command: 'add-follower',
      step: 'wait.catch-up',
      when: 'inside',
      blow: "the follower's disk full",
      ending: 'elsewhere',
    },
  ],
  'mysql-clone': [
    // The account was there, and logged in, but had not got its rights.
    {
      command: 'add-follower',
      step: 'snapshot.copy-account',
      when: 'inside',
      blow: 'the leader cut off for 20 s',
      ending: 'torn',
    },
    // A server that waits for room gave no answer, and was waited for without end.
    {
      command: 'add-follower',
      step: 'configure.position',
      when: 'inside',
      blow: "the follower's disk full",
      ending: 'torn',
    },
  ],
  'mysql-dump': [
    // All was done, and the process stayed for a quarter of an hour: its connection to the leader said goodbye, and nobody answered.
    {
      command: 'remove-follower',
      step: 'remove.account',
      when: 'inside',
      blow: 'the leader cut off for good',
      ending: 'torn',
    },
    // The password stayed on the follower.
    {
      command: 'remove-follower',
      step: 'remove.stop-tailing',
      when: 'inside',
      blow: 'a power cut of the follower',
      ending: 'torn',
    },
    // All was done, but the end of the run could not be written on the follower: it failed, and there was nothing to resume.
    {
      command: 'remove-follower',
      step: 'remove.stop-tailing',
      when: 'after',
      blow: 'the follower cut off for 20 s',
      ending: 'resume',
    },
    // It was killed as the run ended: resume said only that there is none.
    {
      command: 'remove-follower',
      step: 'remove.leftovers',
      when: 'after',
      blow: 'SIGKILL',
      ending: 'torn',
    },
    // A renewal under way gave the lease back to nobody: the next run was refused.
    {
      command: 'remove-follower',
      step: 'remove.leftovers',
      when: 'before',
      blow: 'replctl suspended for 2 min',
      ending: 'abandon',
    },
    // A half-written file stayed for ten minutes.
    {
      command: 'add-follower',
      step: 'snapshot.copy-account',
      when: 'inside',
      blow: 'the follower cut off for 20 s',
      ending: 'torn',
    },
  ],
  'mariadb-mariabackup': [
    // A server that found no room at its first start said that it does not know InnoDB; nobody said that the disk was full.
    {
      command: 'add-follower',
      step: 'transfer.prepare',
      when: 'inside',
      blow: "the follower's disk full",
      ending: 'torn',
    },
  ],
  'mariadb-dump': [
    // Two earlier runs were over, but their ends could not be written on the follower: there were three to go on with.
    {
      command: 'add-follower',
      step: 'finish.tidy',
      when: 'after',
      blow: 'a power cut of the follower',
      ending: 'torn',
    },
    {
      command: 'add-follower',
      step: 'snapshot.copy-account',
      when: 'inside',
      blow: 'SIGKILL',
      ending: 'elsewhere',
    },
    // Statements waited for room without a word, and without end.
    {
      command: 'add-follower',
      step: 'transfer.finish',
      when: 'inside',
      blow: "the follower's disk full",
      ending: 'torn',
    },
  ],
};
