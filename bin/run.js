#!/usr/bin/env node
// Plain old syntax and no import before the gate: an old Node must be able to read this file to say what is wrong.
import { spawn } from 'child_process';
import { existsSync, lstatSync, mkdirSync } from 'fs';
import module from 'module';
import { homedir } from 'os';
import { join } from 'path';
import { fileURLToPath } from 'url';

const needed = [22, 13];
const guard = 'REPLCTL_NODE_CHOSEN';

function isOld(version) {
  const parts = version.split('.').map(Number);
  return parts[0] < needed[0] || (parts[0] === needed[0] && parts[1] < needed[1]);
}

function onBundledNode(node) {
  const env = Object.assign({}, process.env);
  env[guard] = '1';
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'];
  let child;
  // A terminal sends SIGINT and SIGHUP to both; then the listener only keeps this process alive until the child has ended.
  signals.forEach(function (signal) {
    process.on(signal, function () {
      if (signal === 'SIGTERM' || !process.stdin.isTTY) child.kill(signal);
    });
  });
  child = spawn(node, process.argv.slice(1), { stdio: 'inherit', env: env });
  child.on('error', refuse);
  child.on('exit', function (code, signal) {
    signals.forEach(function (name) {
      process.removeAllListeners(name);
    });
    if (signal) process.kill(process.pid, signal);
    else process.exit(code);
  });
}

function refuse() {
  const wanted = needed.join('.');
  process.stderr.write(
    'replctl needs Node.js ' +
      wanted +
      ' or newer and this is ' +
      process.versions.node +
      ': install a newer one, or put it first on PATH.\n',
  );
  process.exit(1);
}

// Compiled code is executed: it lies in a directory that nobody else can write, never in the shared temporary folder.
function cacheCompiledCode() {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const directory = join(cache, 'replctl', 'compile-cache');
  // A home that does not exist is not made for the sake of a cache.
  if (!process.env.XDG_CACHE_HOME && !existsSync(homedir())) return;
  try {
    mkdirSync(directory, { recursive: true, mode: 448 });
    const found = lstatSync(directory);
    if (!found.isDirectory() || (found.mode & 18) !== 0) return;
    if (process.getuid && found.uid !== process.getuid()) return;
    module.enableCompileCache(directory);
  } catch {
    // A read-only home costs 50 ms at each start, nothing else.
  }
}

const root = fileURLToPath(new URL('..', import.meta.url));
const bundled = join(root, 'node_modules', '.bin', 'node');
if (!isOld(process.versions.node)) {
  cacheCompiledCode();
  import('../dist/main.js')
    .then(function (loaded) {
      return loaded.main(process.argv.slice(2), { root: root });
    })
    .catch(function (error) {
      console.error(error);
      process.exit(1);
    });
} else if (!process.env[guard] && existsSync(bundled)) onBundledNode(bundled);
else refuse();
