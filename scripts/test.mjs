// `npm test`: installs what is missing, then runs every check. `npm test -- unit contract` runs only the stages named.
// Runs on whatever Node the machine has; the checks run on the Node that package-lock.json brings.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from './setup/debian-packages.mjs';
import { nodeLibraries, prepareNode } from './setup/node-modules.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const packages = [
  'openssh-server',
  'openssh-client',
  'sudo',
  'util-linux',
  'procps',
  'perl',
  'python3',
  'postgresql',
  'debootstrap',
  'systemd-container',
  'iproute2',
  'e2fsprogs',
  'tmux',
  ...nodeLibraries,
];

let started;
try {
  const notice = installPackages(packages);
  if (notice) console.log(notice);
  started = prepareNode(root);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
const { node, env } = started;
// The end-to-end tests try what ships, not the sources.
env.REPLCTL_BIN = join(root, 'bin', 'run.js');
const reports = mkdtempSync(join(tmpdir(), 'replctl-test-'));
const totals = { passed: 0, failed: 0, skipped: 0 };
/** Told again at the end, where who reads only the last page of a long output finds them. */
const failures = [];

const run = (command, parameters) =>
  spawnSync(command, parameters, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
const tool = (name, ...parameters) => run(join(root, 'node_modules', '.bin', name), parameters);

const check = (work) => () => {
  const good = work();
  if (!good) totals.failed += 1;
  return good;
};

/** The counts come from vitest's own report; a run that left none, or that failed outside of any test, is one failure more. */
const vitest = (project) => () => {
  const report = join(reports, `${project}.json`);
  const good = tool(
    'vitest',
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  );
  let counts = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 };
  try {
    counts = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    console.error(`vitest left no report of ${project}.`);
  }
  for (const { name, message, assertionResults } of counts.testResults ?? []) {
    const failed = assertionResults.filter(({ status }) => status === 'failed');
    for (const { fullName, failureMessages } of failed) {
      failures.push(
        `${fullName}\n${failureMessages.join('\n').replaceAll(/\n +at .*(?:node_modules|<anonymous>).*/g, '')}`,
      );
    }
    if (failed.length === 0 && message) failures.push(`${name}\n${message}`);
  }
  totals.passed += counts.numPassedTests;
  totals.failed += good || counts.numFailedTests > 0 ? counts.numFailedTests : 1;
  totals.skipped += counts.numPendingTests + counts.numTodoTests;
  return good;
};

/** All stages are to end well within half an hour, on slow machines too: the last one, of some ten minutes, has what is left of these. */
const minutes = 26;
const begun = Date.now();

/** Runs that are disturbed: a case that survived has passed. */
const faults = () => {
  const report = join(reports, 'faults.txt');
  const left = Math.max(0, minutes - (Date.now() - begun) / 60_000).toFixed(1);
  const good = run(node, ['test/faults/main.ts', '--together', '--minutes', left, '--report', report]);
  const told = existsSync(report) ? readFileSync(report, 'utf8') : '';
  const [, survived = '0', failed = '0', leftOut = '0'] =
    /(\d+) survived, (\d+) failed, (\d+) left out\s*$/.exec(told) ?? [];
  totals.skipped += Number(leftOut);
  failures.push(...(told.match(/^FAILED .*(?:\n {4}.*)*/gm) ?? []));
  totals.passed += Number(survived);
  totals.failed += good ? 0 : Math.max(1, Number(failed));
  return good;
};

const stages = [
  { name: 'build', passes: check(() => run(node, ['scripts/build.mjs', '--check'])) },
  { name: 'format', passes: check(() => tool('oxfmt', '--check')) },
  { name: 'lint', passes: check(() => tool('oxlint', '--type-aware', '--deny-warnings')) },
  { name: 'types', passes: check(() => tool('tsc', '--noEmit', '-p', 'tsconfig.check.json')) },
  { name: 'unit', passes: vitest('unit') },
  { name: 'contract', passes: vitest('contract') },
  { name: 'lab', passes: vitest('lab') },
  { name: 'e2e', passes: vitest('e2e') },
  { name: 'faults', passes: faults },
];

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !stages.some((stage) => stage.name === name));
if (unknown.length > 0) {
  console.error(
    `There is no stage ${unknown.join(', ')}; the stages are ${stages.map((stage) => stage.name).join(', ')}.`,
  );
  process.exit(2);
}

const noLab = spawnSync(node, ['scripts/setup/lab-unavailable.ts'], { cwd: root, env, encoding: 'utf8' }).stdout.trim();
const inTheLab = ['lab', 'e2e', 'faults'];
const wanted = stages.filter(({ name }) => asked.length === 0 || asked.includes(name));

/** On a fresh machine the lab's images take minutes, mostly of waiting: they are built beside the stages that need none. */
const images = ['bookworm', 'trixie', 'sid', 'bookworm-mariadb', 'trixie-mariadb', 'sid-mysql'];
const building =
  noLab === '' && wanted.some(({ name }) => inTheLab.includes(name))
    ? spawn(node, ['test/lab/cli.ts', 'images', ...images], { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'] })
    : undefined;
/** What could not be built is told by the build, and again by the first test that wants it. */
const built = building && once(building, 'exit').catch(() => undefined);

const failedStages = [];
for (const { name, passes } of wanted) {
  if (inTheLab.includes(name)) await built;
  console.log(`\n== ${name}`);
  if (noLab && inTheLab.includes(name)) console.log(`Skipped here: ${noLab}`);
  if (noLab && name === 'faults') continue;
  if (!passes()) failedStages.push(name);
}
rmSync(reports, { recursive: true, force: true });

for (const failure of failures) console.log(`\n${failure}`);
if (failedStages.length > 0) console.log(`\nFailed: ${failedStages.join(', ')}`);
console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exit(failedStages.length === 0 ? 0 : 1);
