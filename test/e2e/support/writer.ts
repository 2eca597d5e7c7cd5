import type { Machine } from '../../lab/machine.ts';
import { startWriting, type Writer } from './writing.ts';

export type { Writer } from './writing.ts';

/**
 * psql shows a row of INSERT … RETURNING when the server has said that the statement is done, which it does after the commit. Rows are changed and
 * removed again besides, in another table, so that not everything is an insert.
 */
const script = (port: number, pause: number) => String.raw`
statement() {
  printf 'INSERT INTO written (text) VALUES (repeat(md5(%s::text), 4)) RETURNING id;\n' "$1"
  [ $(($1 % 10)) -ne 0 ] || printf 'UPDATE changing SET n = n + 1, text = md5(n::text) WHERE id %% 7 = %s;\n' $(($1 % 7))
  [ $(($1 % 50)) -ne 0 ] || printf 'DELETE FROM changing WHERE id = (SELECT max(id) FROM changing); INSERT INTO changing DEFAULT VALUES;\n'
}
exec 3<> <(:)
n=0
while [ ! -e /run/writer/stop ]; do n=$((n + 1)); statement $n; read -r -t ${pause} -u 3; done |
  psql -X -q -At -v ON_ERROR_STOP=1 -p ${port} -d postgres >>/run/writer/committed
echo "ended $?" >/run/writer/ended`;

const tables = `CREATE TABLE written (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text, at timestamptz DEFAULT clock_timestamp());
CREATE TABLE changing (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n int DEFAULT 0, text text);
INSERT INTO changing (n) SELECT 0 FROM generate_series(1, 1000);`;

/** `pause`: seconds between two statements. */
export const startWriter = async (machine: Machine, { port = 5432, pause = 0.015 } = {}): Promise<Writer> => {
  const psql = ['psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-p', String(port)];
  await machine.ok(psql, { user: 'postgres', input: tables });
  return startWriting(machine, 'postgres', script(port, pause));
};
