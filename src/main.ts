import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Interfaces } from '@oclif/core';

export type MainOptions = Interfaces.LoadOptions & { readonly root: string };

const asJson = (argv: readonly string[]): boolean => {
  const end = argv.indexOf('--');
  return (end === -1 ? argv : argv.slice(0, end)).includes('--json') || process.env['REPLCTL_CONTENT_TYPE'] === 'json';
};

/** In oclif's own form, without the 40 ms that loading oclif takes. */
const version = (root: string): string => {
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, string>;
  return `${name}/${version} ${process.platform}-${process.arch} node-${process.version}`;
};

/** What no command caught: an unknown command, or a failure of oclif's own. */
const fail = async (thrown: unknown, argv: readonly string[], options: MainOptions): Promise<void> => {
  const { oclif, code } = thrown as { oclif?: { exit?: number }; code?: string };
  if (code === 'EEXIT') {
    process.exitCode = oclif?.exit ?? 0;
    return;
  }
  const { escapedFailure } = await import('./escaped-failure.ts');
  const { error, json, text } = await escapedFailure(thrown, options);
  process.exitCode = error.exitCode;
  if (asJson(argv)) process.stdout.write(`${json}\n`);
  else process.stderr.write(`${text}\n`);
};

const runCommand = async (argv: string[], options: MainOptions): Promise<void> => {
  const [{ run }, { settings }] = await Promise.all([import('@oclif/core/run'), import('@oclif/core/settings')]);
  // Where NODE_ENV is not production, oclif would look for a TypeScript compiler and run other files than these.
  settings.enableAutoTranspile = false;
  try {
    await run(argv, options);
  } catch (error) {
    await fail(error, argv, options);
  }
};

/** The command line as a whole: runs the command that is asked for and leaves with its exit code. */
export const main = async (argv: string[], options: MainOptions): Promise<void> => {
  // A reader that went away (`| head`), or a terminal (EIO after SIGHUP), is no reason to stop in the middle of a run.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    });
  }
  if (argv[0] === '--version') process.stdout.write(`${version(options.root)}\n`);
  else await runCommand(argv, options);
  await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))));
  // Connections that do not close in time must not keep a finished command.
  process.exit();
};
