import { describeInLab } from './support/in-lab.ts';
import { copiesAndCascades } from './support/mysql-sources.ts';

describeInLab('where a follower of MySQL copies from and whom it follows', () => {
  copiesAndCascades({ flavour: 'mysql', copied: 'clone', cascade: 'dump' });
});
