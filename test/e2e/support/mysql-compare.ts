import type { Machine } from '../../lab/machine.ts';

/** Everything that is in a server, a row a line: rows, definitions and accounts. What each server keeps for itself is left out. */
const script = (flavour: 'mysql' | 'mariadb'): string => String.raw`
set -o pipefail
# A name may hold anything but a NUL, a line break too.
readarray -d '' databases < <(${flavour} -N -B --raw --default-character-set=utf8mb4 -e "SELECT CONCAT(SCHEMA_NAME, CHAR(0)) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys') AND SCHEMA_NAME NOT LIKE '#mysql50#.%' ORDER BY 1")
for i in "${'$'}{!databases[@]}"; do [ "$i" = 0 ] || databases[i]=${'$'}{databases[i]#$'\n'}; done
unset 'databases[-1]'
${flavour === 'mysql' ? 'mysqldump --set-gtid-purged=OFF --column-statistics=0' : 'mariadb-dump --dump-history'} --skip-dump-date --skip-comments --hex-blob --order-by-primary --single-transaction \
  --routines --events --triggers --skip-extended-insert --skip-add-locks --default-character-set=utf8mb4 --databases -- "${'$'}{databases[@]}" || exit 1
${flavour} -N -B --raw -e "SELECT User, Host FROM mysql.user WHERE User NOT IN ('mysql.sys', 'mysql.session', 'mysql.infoschema') ORDER BY 1, 2" | while IFS=$'\t' read -r user host; do
  echo "# $user@$host"
  ${flavour} -N -B --raw -e "${flavour === 'mysql' ? 'SET print_identified_with_as_hex = ON; SHOW CREATE USER' : 'SHOW GRANTS FOR'} \`$user\`@\`$host\`${flavour === 'mysql' ? '; SHOW GRANTS FOR \\`$user\\`@\\`$host\\`' : ''}" 2>/dev/null || ${flavour} -N -B --raw -e "SHOW GRANTS FOR \`$user\`"
done
`;

/** Words that say the same: how a column's character set is written depends on how it was first said; a follower's events are off. */
const normalise = (line: string): string =>
  line
    .replace(/ CHARACTER SET \w+ COLLATE /, ' COLLATE ')
    .replace(/ DISABLE ON (?:SLAVE|REPLICA)/, '')
    .replace(/ (?:ENABLE|DISABLE)(?= COMMENT| DO )/, '')
    .replace(/^(\/\*!50106 DROP EVENT .*;);$/, '$1')
    .replace(/^GRANT PROXY .*/, (grant) => grant.replaceAll("'", '`'))
    .replace(/ AUTO_INCREMENT=\d+/, '')
    .replace(/ INVISIBLE DEFAULT (\S+?)(,?)$/, ' DEFAULT $1 INVISIBLE$2');

export interface MysqlComparison {
  readonly rows: number;
  /** Lines that one of them has and the other has not. */
  readonly differences: readonly string[];
}

const read = async (machine: Machine): Promise<readonly string[]> => {
  const text = await machine.ok(['bash', '-c', script(machine.mysql.flavour)], { timeoutSeconds: 600 });
  // What a client of another version says around it.
  const noise = /^\/\*(?:!\d+ SET|M!\d+|!999999)|^SET @?|^COMMIT;|^DELIMITER |^$/;
  return text
    .split('\n')
    .filter((line) => !noise.test(line))
    .map(normalise);
};

const count = (lines: readonly string[]): Map<string, number> => {
  const counted = new Map<string, number>();
  for (const line of lines) counted.set(line, (counted.get(line) ?? 0) + 1);
  return counted;
};

/** Both must be at rest. Accounts that a run made for others than itself are compared too. */
export const compareMysql = async (leader: Machine, follower: Machine): Promise<MysqlComparison> => {
  const [theirs, ours] = await Promise.all([read(leader), read(follower)]);
  const [left, right] = [count(theirs), count(ours)];
  const lines = [...new Set([...left.keys(), ...right.keys()])];
  return {
    rows: theirs.filter((line) => line.startsWith('INSERT INTO')).length,
    differences: lines
      .filter((line) => left.get(line) !== right.get(line))
      .map((line) => `${left.get(line) ?? 0} : ${right.get(line) ?? 0}  ${line.slice(0, 300)}`),
  };
};
