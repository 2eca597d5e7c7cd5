import { describeWithEverything } from './support/extent.ts';
import { describeInLab } from './support/in-lab.ts';
import { addsFollowers } from './support/mysql-add-follower.ts';

describeWithEverything('add-follower on MySQL by clone, from a leader that wants TLS', () => {
  addsFollowers({
    flavour: 'mysql',
    method: 'clone',
    settings: { require_secure_transport: 'ON' },
    argv: ['--method', 'clone'],
  });
});

describeInLab('add-follower on MySQL by dump', () => {
  addsFollowers({ flavour: 'mysql', method: 'dump', argv: ['--method', 'dump'] });
});
