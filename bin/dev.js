#!/usr/bin/env node
// Runs src/ as it is: Node strips the types. For work on replctl itself; not part of the package.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { main } from '../src/main.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const pjson = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
pjson.oclif.commands = './src/commands';
await main(process.argv.slice(2), { root, pjson, ignoreManifest: true });
