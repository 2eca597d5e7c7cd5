import { setTimeout as sleep } from 'node:timers/promises';
import type { Machine } from '../../lab/machine.ts';

/** Somebody who writes on the leader without a pause, and remembers every row that the server said is committed. */
export interface Writer {
  /** How many rows are known to be committed by now. */
  count(): Promise<number>;
  /** Returns when that many more rows are committed. */
  more(rows: number): Promise<void>;
  /** Writes again after a stop. */
  goOn(): Promise<void>;
  /** Ends in order; returns the ids of all rows that the server said are committed. */
  stop(): Promise<readonly number[]>;
}

/**
 * psql shows a row of INSERT … RETURNING when the server has said that the statement is done, which it does after the commit. Rows are changed and
 * removed again besides, in another table, so that not everything is an insert.
 */
const script = (port: number) => String.raw`
statement() {
  printf 'INSERT INTO written (text) VALUES (repeat(md5(%s::text), 4)) RETURNING id;\n' "$1"
  [ $(($1 % 10)) -ne 0 ] || printf 'UPDATE changing SET n = n + 1, text = md5(n::text) WHERE id %% 7 = %s;\n' $(($1 % 7))
  [ $(($1 % 50)) -ne 0 ] || printf 'DELETE FROM changing WHERE id = (SELECT max(id) FROM changing); INSERT INTO changing DEFAULT VALUES;\n'
}
exec 3<> <(:)
n=0
while [ ! -e /run/writer/stop ]; do n=$((n + 1)); statement $n; read -r -t 0.002 -u 3; done |
  psql -X -q -At -v ON_ERROR_STOP=1 -p ${port} -d postgres >>/run/writer/committed
echo "ended $?" >/run/writer/ended`;

const tables = `CREATE TABLE written (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text, at timestamptz DEFAULT clock_timestamp());
CREATE TABLE changing (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n int DEFAULT 0, text text);
INSERT INTO changing (n) SELECT 0 FROM generate_series(1, 1000);`;

export const startWriter = async (machine: Machine, { port = 5432 } = {}): Promise<Writer> => {
  const psql = ['psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-p', String(port)];
  await machine.ok(psql, { user: 'postgres', input: tables });
  await machine.ok('install -d -o postgres /run/writer; cat >/run/writer/script', { input: script(port) });
  const begin = () => machine.ok('systemd-run --quiet --collect --unit=writer --uid=postgres bash /run/writer/script');
  await begin();
  const count = async () => Number(await machine.ok('wc -l </run/writer/committed'));
  const more = async (rows: number) => {
    const wanted = (await count()) + rows;
    while ((await count()) < wanted) {
      if ((await machine.run('test -e /run/writer/ended')).exitCode === 0) throw new Error('the writer has ended');
      await sleep(50);
    }
  };
  await sleep(100);
  await more(20);
  return {
    count,
    more,
    goOn: async () => {
      await machine.ok('cd /run/writer; rm stop ended');
      await begin();
      await more(20);
    },
    stop: async () => {
      await machine.ok(
        'touch /run/writer/stop; until [ -e /run/writer/ended ]; do sleep 0.05; done; while systemctl -q is-active writer; do sleep 0.05; done',
      );
      const how = await machine.ok('cat /run/writer/ended; cat /run/writer/committed');
      const [ended, ...ids] = how.trimEnd().split('\n');
      if (ended !== 'ended 0') throw new Error(`the writer ended with ${ended}`);
      return ids.map(Number);
    },
  };
};
