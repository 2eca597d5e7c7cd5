import { describeWithEverything } from './support/extent.ts';
import { copiesAndCascades } from './support/mysql-sources.ts';

describeWithEverything('where a follower of MariaDB copies from and whom it follows', () => {
  copiesAndCascades({ flavour: 'mariadb', copied: 'mariabackup', cascade: 'dump' });
});
