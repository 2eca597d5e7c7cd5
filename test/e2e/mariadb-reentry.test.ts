import { describeInLab } from './support/in-lab.ts';
import { survivesKills } from './support/mysql-reentry.ts';

const before = ['snapshot.account', 'snapshot.login', 'snapshot.retention'];
const afterwards = [
  'configure.swap',
  'configure.start',
  'configure.position',
  'configure.tail',
  'wait.catch-up',
  'prove.follower',
  'finish.tidy',
];

describeInLab('add-follower on MariaDB by mariabackup, killed', () => {
  survivesKills({
    flavour: 'mariadb',
    method: 'mariabackup',
    steps: [...before, 'transfer.way-in', 'transfer.copy', 'transfer.prepare', ...afterwards],
  });
});

describeInLab('add-follower on MariaDB by dump, killed', () => {
  survivesKills({
    flavour: 'mariadb',
    method: 'dump',
    steps: [...before, 'snapshot.copy-account', 'transfer.copy', 'transfer.finish', ...afterwards],
  });
});
