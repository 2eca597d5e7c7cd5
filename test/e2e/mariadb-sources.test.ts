import { describeInLab } from './support/in-lab.ts';
import { copiesAndCascades } from './support/mysql-sources.ts';

describeInLab('where a follower of MariaDB copies from and whom it follows', () => {
  copiesAndCascades({ flavour: 'mariadb', copied: 'mariabackup', cascade: 'dump' });
});
