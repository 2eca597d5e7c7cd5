import type { Machine } from '../../lab/machine.ts';

/**
 * What a run may leave on a machine: directories with their owners and the cluster that lies in them, the server's configuration, what replctl keeps (its
 * journals, its lease and empty directories do not count), and its processes.
 */
const disk = String.raw`
cd /var/lib/postgresql
find . -maxdepth 2 ! -path './.replctl*' ! -name '.psql_history' -printf '%p %y %m %u\n' | sort
for data in ./*/*; do
  [ -f "$data/global/pg_control" ] || continue
  echo "$data system identifier:" $(od -An -tu8 -N8 "$data/global/pg_control") $(cat "$data/replctl.run" 2>/dev/null)
  (cd "$data"; for name in *.signal backup_manifest; do [ ! -e "$name" ] || echo "$name"; done; sha256sum postgresql.auto.conf)
done
echo '# kept'; [ ! -d .replctl ] || find .replctl -type d -path '*/jobs/*' -o -name passfile | sort
echo '# configuration'; find /etc/postgresql -type f -printf '%p %m %u:%g\n' | sort
cat /etc/postgresql/*/*/pg_hba.conf 2>/dev/null || :
echo '# processes'; ps -eo args= | grep -E '[p]g_basebackup|[p]g_verifybackup|[r]eplctl-job' || :
`;

/** What even a change that changes nothing leaves: other files with other times. */
const files = String.raw`
find /etc/postgresql -type f -printf '%p %i %s %T@\n' | sort
find . -maxdepth 3 -path '*.replctl-*' -printf '%p %i %s %T@\n' | sort
[ ! -d .replctl ] || find .replctl -type f ! -name 'lease*' -printf '%p %i %s %T@\n' | sort
`;

/** In the server's own words. */
const catalog = `
SELECT 'recovery', pg_is_in_recovery();
SELECT 'role', rolname, rolcanlogin, rolreplication, shobj_description(oid, 'pg_authid') FROM pg_roles ORDER BY rolname;
SELECT 'slot', slot_name FROM pg_replication_slots ORDER BY 2;
SELECT 'setting', name, setting FROM pg_settings WHERE name ~ '^primary_' OR source = 'configuration file' ORDER BY 2;
\\echo # footprint
SELECT pg_postmaster_start_time(), pg_conf_load_time();
SELECT md5(string_agg(rolpassword, '' ORDER BY rolname)) FROM pg_authid;
`;

const server = String.raw`
for pid in ./*/*/postmaster.pid; do
  { [ -f "$pid" ] && kill -0 "$(head -n 1 "$pid")" 2>/dev/null; } || continue
  setpriv --reuid postgres --regid postgres --init-groups psql -X -At -v ON_ERROR_STOP=1 -h /var/run/postgresql -d postgres <<'END'
${catalog}
END
done
`;

export interface Look {
  /** The same where a run left nothing. */
  readonly world: string;
  /** The same where nobody did anything at all, not even something that changed nothing. */
  readonly footprint: string;
}

export const lookAt = async (machine: Machine): Promise<Look> => {
  const told = await machine.ok(`${disk}\necho '# server'\n${server}\necho '# files'\n${files}`);
  const [world = '', ...footprint] = told.split(/^# (?:footprint|files)$/m);
  return { world, footprint: footprint.join() };
};
