import { parseArgs } from 'node:util';
import { control } from './cli/control.ts';
import { down } from './cli/down.ts';
import { images } from './cli/images.ts';
import { own } from './cli/own.ts';
import { shell } from './cli/shell.ts';
import { status } from './cli/status.ts';
import { up } from './cli/up.ts';
import { faults } from './cli/faults.ts';

const usage = `The lab: real Debian machines on this box, by hand. See docs/lab.md.

  up NAME[=IMAGE]… [--image IMAGE]   boot machines; the first is the leader of the others; they stay until \`down\`
  shell NAME [COMMAND…]              ssh to one, as ops (\`shell root@NAME\` as root)
  status                             every lab of this box
  down                               remove this checkout's machines
  images [NAME…] [--remove-old]      build what is missing (all of them by default) and list the cache

  ${faults.map(({ usage: line }) => line).join('\n  ')}
`;

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function run(argv: string[]): Promise<number> {
  // What follows the machine's name is the command's, options and all.
  if (argv[0] === 'shell') return shell(argv.slice(1));
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: { image: { type: 'string' }, 'remove-old': { type: 'boolean' }, help: { type: 'boolean' } },
  });
  const [verb = 'help', ...rest] = values.help === true ? [] : positionals;
  switch (verb) {
    case 'up':
      return up(rest, values.image ?? 'trixie');
    case 'own':
      return own(rest);
    case 'status':
      return status();
    case 'down':
      return down();
    case 'images':
      return images(rest, values['remove-old'] ?? false);
    default:
      if (faults.some(({ name }) => name === verb)) return control([verb, ...rest]);
      process.stdout.write(usage);
      return verb === 'help' ? 0 : 2;
  }
}
