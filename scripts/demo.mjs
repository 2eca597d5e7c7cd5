// `npm run demo`: a PostgreSQL leader under writes gets a follower, on this machine. `npm run demo -- --fleet`: over SSH, on two lab
// machines. Runs on whatever Node the machine has and installs what is missing; the demo itself is scripts/demo/main.ts.
import { spawn, spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { installPackages } from './setup/debian-packages.mjs';
import { prepareDist } from './setup/dist.mjs';
import { prepareNode } from './setup/node-modules.mjs';
import { findPrograms } from './setup/postgresql-programs.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

const end = (line, code) => {
  console.error(line);
  process.exit(code);
};

const asked = process.argv.slice(2);
if (asked.length > 1 || (asked.length === 1 && asked[0] !== '--fleet'))
  end('Usage: npm run demo, or npm run demo -- --fleet (over SSH, on two lab machines).', 2);
const fleet = asked[0] === '--fleet';

const programs = () => {
  const found = findPrograms();
  if (found) return found;
  const missing = 'The demo needs PostgreSQL 13 or newer on this machine: apt-get install -y postgresql';
  if (process.platform !== 'linux') throw new Error('The demo needs Linux.');
  if (process.getuid() !== 0) throw new Error(`${missing} (as root)`);
  if (installPackages(['postgresql'])) throw new Error(missing);
  const installed = findPrograms();
  if (!installed) throw new Error(missing);
  return installed;
};

const prepare = () => {
  const scene = fleet ? ['fleet'] : ['local', programs()];
  const { node, env } = prepareNode(root);
  if (fleet) {
    const reason = spawnSync(node, ['scripts/setup/lab-unavailable.ts'], { cwd: root, env, encoding: 'utf8' });
    if (reason.stdout.trim()) throw new Error(`The lab cannot run here: ${reason.stdout.trim()}`);
  }
  prepareDist(root, { node, env });
  return { node, env, scene };
};

const play = ({ node, env, scene }) => {
  const child = spawn(node, [fileURLToPath(new URL('demo/main.ts', import.meta.url)), ...scene], {
    env,
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // A terminal sends SIGINT and SIGHUP to both of us: then this only waits for the clean-up.
    process.on(signal, () => {
      if (signal === 'SIGTERM' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('error', (error) => end(error.message, 1));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
};

try {
  play(prepare());
} catch (error) {
  end(error.message, 1);
}
