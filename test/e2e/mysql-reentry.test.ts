import { describeInLab } from './support/in-lab.ts';
import { survivesKills } from './support/mysql-reentry.ts';

const before = ['snapshot.account', 'snapshot.login', 'snapshot.retention', 'snapshot.copy-account'];
const afterwards = [
  'configure.swap',
  'configure.start',
  'configure.position',
  'configure.tail',
  'wait.catch-up',
  'prove.follower',
  'finish.tidy',
];

describeInLab('add-follower on MySQL by clone, killed', () => {
  survivesKills({
    flavour: 'mysql',
    method: 'clone',
    steps: [...before, 'transfer.plugin', 'transfer.copy', ...afterwards],
  });
});

describeInLab('add-follower on MySQL by dump, killed', () => {
  survivesKills({
    flavour: 'mysql',
    method: 'dump',
    steps: [...before, 'transfer.copy', 'transfer.finish', ...afterwards],
  });
});
