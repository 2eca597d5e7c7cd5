import { describeWithEverything } from './support/extent.ts';
import { describeInLab } from './support/in-lab.ts';
import { addsFollowers } from './support/mysql-add-follower.ts';

describeInLab('add-follower on MariaDB by mariabackup, from a leader that wants TLS', () => {
  addsFollowers({
    flavour: 'mariadb',
    method: 'mariabackup',
    settings: { require_secure_transport: 'ON' },
    argv: ['--method', 'mariabackup'],
  });
});

describeWithEverything('add-follower on MariaDB by dump', () => {
  addsFollowers({ flavour: 'mariadb', method: 'dump', argv: ['--method', 'dump'] });
});
