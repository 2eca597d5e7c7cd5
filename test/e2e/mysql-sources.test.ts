import { describeWithEverything } from './support/extent.ts';
import { copiesAndCascades } from './support/mysql-sources.ts';

describeWithEverything('where a follower of MySQL copies from and whom it follows', () => {
  copiesAndCascades({ flavour: 'mysql', copied: 'clone', cascade: 'dump' });
});
