// Compiles src/ to dist/ and writes the files that are generated from it. `--check`: writes none of those, and fails where one is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { withFleetKeys } from './generated/fleet-keys.mjs';
import { manifestOf } from './generated/manifest.mjs';
import { withCommands } from './generated/readme-commands.mjs';
import { compile } from './setup/dist.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const check = process.argv.includes('--check');
const json = (value) => `${JSON.stringify(value, null, 2)}\n`;
const read = (path) => readFileSync(`${root}/${path}`, 'utf8');

const compiled = compile(root, process.env);

const manifest = await manifestOf(root);
const { fleetJsonSchema } = await import(`${root}/dist/fleet/schema.js`);
const schema = fleetJsonSchema();

const generated = {
  'oclif.manifest.json': json(manifest),
  'replctl.schema.json': json(schema),
  'README.md': withCommands(read('README.md'), manifest),
  'docs/fleet-file.md': withFleetKeys(read('docs/fleet-file.md'), schema),
};

const stale = Object.entries(generated).filter(([path, content]) => {
  try {
    return read(path) !== content;
  } catch {
    return true;
  }
});
for (const [path, content] of stale) {
  if (check) console.error(`${path} is stale: run "npm run build" and commit it.`);
  else writeFileSync(`${root}/${path}`, content);
}
process.exit(!compiled || (check && stale.length > 0) ? 1 : 0);
