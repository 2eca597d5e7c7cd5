import { describeWithEverything } from './support/extent.ts';
import { survivesKills } from './support/mysql-reentry.ts';

describeWithEverything('add-follower on MariaDB by mariabackup, killed', () => {
  survivesKills({
    flavour: 'mariadb',
    method: 'mariabackup',
    transfer: ['transfer.way-in', 'transfer.copy', 'transfer.prepare'],
  });
});

describeWithEverything('add-follower on MariaDB by dump, killed', () => {
  survivesKills({
    flavour: 'mariadb',
    method: 'dump',
    transfer: ['snapshot.copy-account', 'transfer.copy', 'transfer.finish'],
  });
});
