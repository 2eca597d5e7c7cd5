import { describeWithEverything } from './support/extent.ts';
import { survivesKills } from './support/mysql-reentry.ts';

describeWithEverything('add-follower on MySQL by clone, killed', () => {
  survivesKills({
    flavour: 'mysql',
    method: 'clone',
    transfer: ['snapshot.copy-account', 'transfer.plugin', 'transfer.copy', 'transfer.verify'],
  });
});

describeWithEverything('add-follower on MySQL by dump, killed', () => {
  survivesKills({
    flavour: 'mysql',
    method: 'dump',
    transfer: ['snapshot.copy-account', 'transfer.copy', 'transfer.finish'],
  });
});
