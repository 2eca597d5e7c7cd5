import type { Machine } from '../../lab/machine.ts';
import { startWriting, type Writer } from './writing.ts';

/** The client shows an id after the server has said that its row is committed. Rows are changed and removed again besides, in a table without a key too. */
const script = (client: string, pause: number) => String.raw`
statement() {
  printf 'INSERT INTO written (text) VALUES (SHA2(%s, 512)); SELECT LAST_INSERT_ID();\n' "$1"
  [ $(($1 % 10)) -ne 0 ] || printf 'UPDATE changing SET n = n + 1, text = LEFT(SHA2(n, 256), 40) WHERE id %% 7 = %s; UPDATE without_key SET n = n + 1 WHERE k = %s;\n' $(($1 % 7)) $(($1 % 7))
  [ $(($1 % 50)) -ne 0 ] || printf 'DELETE FROM changing ORDER BY id DESC LIMIT 1; INSERT INTO changing (n) VALUES (0);\n'
}
exec 3<> <(:)
n=0
while [ ! -e /run/writer/stop ]; do n=$((n + 1)); statement $n || break; read -r -t ${pause} -u 3; done |
  ${client} --unbuffered --batch --skip-column-names writing >>/run/writer/committed
echo "ended $?" >/run/writer/ended`;

const tables = `CREATE DATABASE writing; USE writing;
CREATE TABLE written (id bigint AUTO_INCREMENT PRIMARY KEY, text varchar(200), at timestamp(6) DEFAULT CURRENT_TIMESTAMP(6));
CREATE TABLE changing (id bigint AUTO_INCREMENT PRIMARY KEY, n int DEFAULT 0, text varchar(50), KEY by_text (text));
CREATE TABLE without_key (k int, n int, text varchar(20));
INSERT INTO changing (n) WITH RECURSIVE g (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < 500) SELECT 0 FROM g;
INSERT INTO without_key WITH RECURSIVE g (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < 50) SELECT i % 7, 0, 'same' FROM g;`;

/** `pause`: seconds between two statements. */
export const startMysqlWriter = async (machine: Machine, { pause = 0.015 } = {}): Promise<Writer> => {
  await machine.mysql.sql(tables);
  return startWriting(machine, 'root', script(machine.mysql.flavour, pause));
};

/** Somebody who makes, changes and drops tables without a pause. Returns how to end it, which tells how often it went round. */
export const startDdl = async (machine: Machine): Promise<() => Promise<number>> => {
  const loop = String.raw`
set -e
n=0
while [ ! -e /run/ddl/stop ]; do
  n=$((n + 1))
  ${machine.mysql.flavour} -e "CREATE TABLE made_$n (id int PRIMARY KEY, v varchar(20)); INSERT INTO made_$n VALUES ($n, 'ü'); ALTER TABLE made_$n ADD COLUMN w int DEFAULT $n, ADD KEY (v); CREATE OR REPLACE VIEW newest AS SELECT * FROM made_$n; $([ $n -lt 3 ] || if [ $((n % 10)) = 0 ]; then echo "RENAME TABLE made_$((n - 2)) TO kept_$((n - 2))"; else echo "DROP TABLE made_$((n - 2))"; fi)" altering
  sleep 0.2
done
echo $n >/run/ddl/rounds`;
  await machine.mysql.sql('CREATE DATABASE altering');
  await machine.ok(
    'mkdir /run/ddl; cat >/run/ddl/script; systemd-run --quiet --collect --unit=ddl bash /run/ddl/script',
    { input: loop },
  );
  return async () => {
    const wait =
      'touch /run/ddl/stop; until [ -e /run/ddl/rounds ] || ! systemctl -q is-active ddl; do sleep 0.05; done; cat /run/ddl/rounds';
    return Number(await machine.ok(wait));
  };
};
