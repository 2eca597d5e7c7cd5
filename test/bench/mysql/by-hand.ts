import { must } from '../../lab/command.ts';
import { hand, type MysqlStage } from './stage.ts';

/** The seconds of a script that an operator runs on the follower, logged in as replctl is; the login is not counted. */
const typed = async ({ lab, follower }: MysqlStage, script: string): Promise<number> => {
  const timed = `set -e -o pipefail\ncat >/tmp/hand.cnf <<'END'\n[client]\nuser=${hand.user}\npassword=${hand.password}\nEND\nbegan=$(date +%s%N)\n${script}\necho "took $(($(date +%s%N) - began))"`;
  const said = await must(['ssh', '-F', lab.sshConfigFile, follower.name, 'sudo', '-n', 'bash', '-s'], {
    input: timed,
    timeoutSeconds: 3600,
  });
  return Number(/^took (\d+)$/m.exec(said)?.[1]) / 1e9;
};

const untilUp = (client: string): string => `until ${client} -e 'SELECT 1' >/dev/null 2>&1; do sleep 0.05; done`;

/** As every manual has it, with the network's compression on. Nothing follows yet when it is done. */
export const byDump = async (stage: MysqlStage): Promise<number> =>
  typed(
    stage,
    stage.flavour === 'mysql'
      ? `mysqldump --defaults-file=/tmp/hand.cnf -h ${stage.leader.address} --compression-algorithms=zlib --single-transaction --source-data --set-gtid-purged=OFF --databases bench 2>/dev/null | mysql`
      : `mariadb-dump --defaults-file=/tmp/hand.cnf -h ${stage.leader.address} --compress --skip-ssl-verify-server-cert --single-transaction --master-data --gtid --databases bench | mariadb`,
  );

/** The server's own command, with the restart that it makes. */
export const byClone = async (stage: MysqlStage): Promise<number> =>
  typed(
    stage,
    `
mysql -e "INSTALL PLUGIN clone SONAME 'mysql_clone.so'; SET GLOBAL clone_valid_donor_list = '${stage.leader.address}:3306'"
mysql -e "CLONE INSTANCE FROM '${hand.user}'@'${stage.leader.address}':3306 IDENTIFIED BY '${hand.password}'"
sleep 0.2
${untilUp('mysql')}`,
  );

/** The pipeline of MariaDB's manual, into the place of the server's data. */
export const byBackup = async (stage: MysqlStage): Promise<number> =>
  typed(
    stage,
    `
systemctl stop mariadb
find /var/lib/mysql -mindepth 1 -delete
ssh -n root@${stage.leader.address} mariadb-backup --backup --stream=mbstream --user=root --target-dir=/tmp/backup 2>/dev/null | mbstream -x -C /var/lib/mysql
mariadb-backup --prepare --target-dir=/var/lib/mysql >/dev/null 2>&1
chown -R mysql:mysql /var/lib/mysql
systemctl start mariadb
${untilUp('mariadb')}`,
  );
