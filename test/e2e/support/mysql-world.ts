import type { Machine } from '../../lab/machine.ts';
import type { Look } from './postgresql-world.ts';

/**
 * What a run may leave on a machine: the data directory and what lies in it of lasting things, option files, what replctl keeps (its journals, its lease and
 * empty directories do not count), keys that were let in, and its processes.
 */
const disk = String.raw`
for data in /var/lib/mysql /srv/mysql/data; do
  [ -d "$data" ] || continue
  echo "$data $(stat -c '%U %a' "$data") $(cat "$data/replctl.run" 2>/dev/null || tail -n 1 "$data/auto.cnf" 2>/dev/null)"
  find "$data" "$(dirname "$data")" -maxdepth 2 \( -name '*.ibd' -o -type d \) ! -name '#*' ! -name performance_schema -path "$data*" ! -path '*/#*' -printf '%p %y %u\n' | sort
done
echo '# configuration'; find /etc/mysql -type f -exec sha256sum {} + 2>/dev/null | sort -k 2
echo '# kept'; find /var/lib/replctl-jobs /var/lib/replctl/*/claims -type f ! -name '*.lock' 2>/dev/null | sort
find /var/lib/replctl-jobs -mindepth 2 -type d 2>/dev/null | sort
echo '# keys'; sed -E 's/(ssh-ed25519) [^ ]+ (replctl_)/\1 … \2/' /home/ops/.ssh/authorized_keys; ls -a /home/ops/.ssh
echo '# processes'; ps -eo user=,args= | grep -E '[m]ariadb-backup|[m]bstream|[m]ysqldump|[m]ariadb-dump|[.]replctl-r-' | grep -v -e ' bridge ' -e 'socket(S,' || :
`;

/** What even a change that changes nothing leaves: other files with other times. */
const files = String.raw`
sha256sum /home/ops/.ssh/authorized_keys
find /etc/mysql -type f -printf '%p %i %s %T@\n' 2>/dev/null | sort
find /var/lib/replctl /var/lib/replctl-jobs -type f ! -name 'lease*' ! -path '*/runs/*' -printf '%p %i %s %T@\n' 2>/dev/null | sort
`;

/** In the server's own words. */
const catalog = {
  mysql: `
SELECT 'closed', @@read_only, @@super_read_only, @@event_scheduler, @@server_id, @@server_uuid, @@binlog_expire_logs_seconds;
SELECT 'account', User, Host, account_locked FROM mysql.user ORDER BY 2, 3;
SELECT 'database', SCHEMA_NAME FROM information_schema.SCHEMATA ORDER BY 2;
SELECT 'plugin', PLUGIN_NAME, PLUGIN_STATUS FROM information_schema.PLUGINS WHERE PLUGIN_NAME = 'clone';
SHOW REPLICA STATUS;
SELECT 'footprint', SUM(CRC32(authentication_string)) FROM mysql.user;`,
  mariadb: `
SELECT 'closed', @@read_only, @@event_scheduler, @@server_id, @@hostname, @@binlog_expire_logs_seconds;
SELECT 'account', User, Host FROM mysql.user ORDER BY 2, 3;
SELECT 'database', SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME NOT LIKE '#mysql50#.%' ORDER BY 2;
SHOW ALL SLAVES STATUS;
SELECT 'footprint', SUM(CRC32(Priv)) FROM mysql.global_priv;`,
} as const;

/** Positions, times and thread ids of a channel change by themselves: of it only whom it follows is looked at. */
const channel = {
  mysql: String.raw`awk -F '\t' '/^(closed|account|database|plugin|footprint)\t/ { print; next } NF > 20 { print "channel", $2, $3, $4 }'`,
  mariadb: String.raw`awk -F '\t' '/^(closed|account|database|plugin|footprint)\t/ { print; next } NF > 20 { print "channel", $4, $5, $6 }'`,
} as const;

const server = (flavour: 'mysql' | 'mariadb'): string => String.raw`
if systemctl is-active -q ${flavour}; then ${flavour} -N -B --raw <<'END' | ${channel[flavour]}
${catalog[flavour]}
END
systemctl show -p MainPID ${flavour} | sed 's/^/footprint\t/'
fi
`;

export const lookAtMysql = async (machine: Machine, flavour: 'mysql' | 'mariadb'): Promise<Look> => {
  const told = await machine.ok(`${disk}\necho '# server'\n${server(flavour)}\necho '# files'\n${files}`);
  const [world = '', ...rest] = told.split(/^# files$/m);
  const lines = world.split('\n');
  return {
    world: lines.filter((line) => !line.startsWith('footprint')).join('\n'),
    footprint: [...lines.filter((line) => line.startsWith('footprint')), ...rest].join('\n'),
  };
};
