import { execFile } from 'node:child_process';
import { open } from 'node:fs/promises';
import { ReplctlError } from '../errors.ts';
import type { SecretSource } from './schema.ts';

export interface SecretContext {
  /** What it is for, in messages: "adminPassword of db2". */
  readonly what: string;
  readonly node: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute path of a `{file}`. */
  resolvePath(path: string): string;
}

const commandSeconds = 30;

const refused = (context: SecretContext, why: string, hint: string, cause?: unknown): ReplctlError =>
  new ReplctlError({
    code: 'FLEET_INVALID',
    message: `The ${context.what} cannot be read: ${why}.`,
    hint,
    node: context.node,
    cause,
  });

const fromEnvironment = (name: string, context: SecretContext): string => {
  const value = context.environment[name];
  if (value) return value;
  throw refused(context, `the environment variable ${name} is not set`, `Set ${name} and run the same command again.`);
};

const fromFile = async (path: string, context: SecretContext): Promise<string> => {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw refused(context, `${path}: ${error.code ?? error.message}`, 'Name a file that you can read.', error);
  });
  try {
    // Asked of the open file, so that it cannot be exchanged between the look and the reading.
    const { mode } = await file.stat();
    if ((mode & 0o077) !== 0) {
      throw refused(context, `${path} is open to other users`, `Close it to them: chmod 600 ${path}`);
    }
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
};

const fromCommand = (argv: readonly string[], context: SecretContext): Promise<string> => {
  const [program = '', ...parameters] = argv;
  return new Promise((resolve, reject) => {
    execFile(program, parameters, { timeout: commandSeconds * 1000, maxBuffer: 65_536 }, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const code = error.killed ? `no answer within ${commandSeconds} s` : `exit ${error.code ?? error.signal}`;
      const said = stderr.trim().split('\n').at(-1) ?? '';
      // The error itself carries the command's output and is not passed on as the cause.
      reject(refused(context, `${program}: ${code}${said && `, "${said}"`}`, 'Run the command by hand to see why.'));
    });
  });
};

/** A way to read the secret when it is needed. Nothing is read before, nothing is kept after. */
export const secretReader =
  (source: SecretSource, context: SecretContext): (() => Promise<string>) =>
  async () => {
    const text =
      'env' in source
        ? fromEnvironment(source.env, context)
        : 'file' in source
          ? await fromFile(context.resolvePath(source.file), context)
          : await fromCommand(source.command, context);
    const secret = text.replace(/\r?\n$/, '');
    if (secret === '' || /[\r\n\0]/.test(secret)) {
      throw refused(context, secret === '' ? 'it is empty' : 'it has more than one line', 'Give one line, not empty.');
    }
    return secret;
  };
