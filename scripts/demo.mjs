// `npm run demo`: a PostgreSQL leader under writes gets a follower, on this machine. `-- --engine mariadb`: a MariaDB leader does. `-- --fleet`: over SSH,
// on two lab machines, where `--engine mysql` works too. Runs on whatever Node the machine has and installs what is missing; the demo itself is scripts/demo/main.ts.
import { spawn, spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { installPackages, missingPackages } from './setup/debian-packages.mjs';
import { prepareDist } from './setup/dist.mjs';
import { nodeLibraries, prepareNode } from './setup/node-modules.mjs';
import { findMariadb } from './setup/mariadb-programs.mjs';
import { findPrograms } from './setup/postgresql-programs.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

const end = (line, code) => {
  console.error(line);
  process.exit(code);
};

const usage =
  'Usage: npm run demo -- [--engine postgresql|mariadb|mysql] [--fleet] (over SSH, on two lab machines; MySQL only so).';
const asked = process.argv.slice(2).flatMap((word) => word.split('='));
const named = asked.indexOf('--engine');
const engine = named === -1 ? 'postgresql' : asked[named + 1];
const rest = asked.filter((_, at) => named === -1 || (at !== named && at !== named + 1));
const fleet = rest.length === 1 && rest[0] === '--fleet';
if (!['postgresql', 'mariadb', 'mysql'].includes(engine) || (rest.length > 0 && !fleet)) end(usage, 2);
if (engine === 'mysql' && !fleet)
  end(
    'MySQL is in no released Debian: npm run demo -- --engine mysql --fleet runs it on two machines of Debian sid.',
    2,
  );

const engines = {
  postgresql: { title: 'PostgreSQL 13 or newer', packages: ['postgresql'], find: findPrograms },
  mariadb: {
    title: 'MariaDB 10.6 or newer',
    packages: ['mariadb-server-core', 'mariadb-client', 'mariadb-backup'],
    find: findMariadb,
  },
};

/** A signal that comes while something is installed: nothing is left half-way, and then it ends us. */
let stopped;
const remember = (signal) => {
  stopped = signal;
};
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
for (const signal of signals) process.on(signal, remember);

/** Where the engine's programs are. Installs them where they are missing, and what Node needs. */
const install = () => {
  if (process.platform !== 'linux') throw new Error('The demo needs Linux.');
  const { title, packages, find } = fleet ? { find: () => '' } : engines[engine];
  const server = fleet || find() !== undefined ? [] : packages;
  const missing = [...server, ...missingPackages(nodeLibraries)];
  if (missing.length > 0) {
    const instead = `The demo needs: apt-get install -y ${missing.join(' ')}`;
    if (process.getuid() !== 0) throw new Error(`${instead} (as root)`);
    if (installPackages(missing)) throw new Error(`${instead} (${title ?? 'Debian'}; this is not Debian)`);
  }
  const programs = find();
  if (programs === undefined) throw new Error(`${title} was not found, with its server and client programs.`);
  return programs;
};

const prepare = () => {
  const programs = install();
  const { node, env } = prepareNode(root);
  if (fleet) {
    const reason = spawnSync(node, ['scripts/setup/lab-unavailable.ts'], { cwd: root, env, encoding: 'utf8' });
    if (reason.stdout.trim()) throw new Error(`The lab cannot run here: ${reason.stdout.trim()}`);
  }
  prepareDist(root, env);
  return { node, env, scene: [engine, ...(fleet ? ['fleet'] : ['local', programs])] };
};

const play = ({ node, env, scene }) => {
  const child = spawn(node, [fileURLToPath(new URL('demo/main.ts', import.meta.url)), ...scene], {
    env,
    stdio: 'inherit',
  });
  for (const signal of signals) {
    // A terminal sends SIGINT and SIGHUP to both of us: then this only waits for the clean-up.
    process.on(signal, () => {
      if (signal === 'SIGTERM' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('error', (error) => end(error.message, 1));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
};

try {
  const prepared = prepare();
  // Signals that came meanwhile are told on the event loop's next turn.
  await new Promise((resolve) => setImmediate(resolve));
  if (stopped) process.exit(128 + constants.signals[stopped]);
  play(prepared);
} catch (error) {
  end(error.message, 1);
}
