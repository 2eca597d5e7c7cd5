import { randomBytes } from 'node:crypto';
import { ReplctlError } from '../errors.ts';
import { reveal } from '../masked.ts';
import { commandFailed, type FileWrite, type ReadingHost, type RunOptions } from './host.ts';
import { shell } from './quoting.ts';

// The size is checked because a connection that is cut looks like the end of the content.
const writeScript = `
directory=$(dirname -- "$1"; echo .)
directory=\${directory%??}
if [ "$(id -u)" = 0 ]; then
  case $(stat -L -c '%u %A' -- "$directory") in
    '0 d'????-??-? | '0 d'????-??-?.) ;;
    *) echo "$directory can be written by others than root" >&2; exit 77 ;;
  esac
fi
new=$directory/.replctl-$2
trap 'rm -f -- "$new"' EXIT
trap 'exit 143' TERM
cat >"$new" || exit 1
if [ "$(wc -c <"$new")" -ne "$3" ]; then echo 'the content came incomplete' >&2; exit 78; fi
chmod -- "$4" "$new" && sync -- "$new" && mv -f -T -- "$new" "$1" && sync -- "$directory"
`;

const longTransferSeconds = 600;

/** Where a connection falls silent, the host may not learn of it for hours: what was begun there, with what it holds, is to be gone soon by itself. */
const writeSeconds = (bytes: number): number => 60 + Math.ceil(bytes / 100_000);

/** `Host.writeFile` in terms of `run`. */
export const writeFileBy = async (host: ReadingHost, file: FileWrite, options?: RunOptions): Promise<void> => {
  const bytes = file.content instanceof Uint8Array ? file.content : Buffer.from(reveal(file.content));
  const temporary = randomBytes(6).toString('hex');
  const argv = shell(writeScript, 'write-file', [
    absolute(file.path),
    temporary,
    String(bytes.length),
    file.mode.toString(8),
  ]);
  const command = { argv, as: file.as, guard: file.guard, stdin: bytes, timeoutSeconds: writeSeconds(bytes.length) };
  const result = await host.run(command, options);
  if (result.exitCode === 0) return;
  const why = result.stderr.trim().split('\n').at(-1) ?? '';
  throw new ReplctlError({
    code: result.exitCode === 77 ? 'FAILED' : 'COMMAND_FAILED',
    node: host.node,
    message: `${file.path} on ${host.node} was not written${why ? `: ${why}` : ''}`,
    hint:
      result.exitCode === 77
        ? 'Write it as the owner of that directory, or let root alone write there.'
        : `Look at the directory and the free space on ${host.node}; what was there before is unchanged.`,
    details: { path: file.path, as: file.as ?? host.login.user, exitCode: result.exitCode },
  });
};

/** `Host.readFile` in terms of `run`. */
export const readFileBy = async (
  host: ReadingHost,
  path: string,
  options: { readonly as?: string | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<Uint8Array | undefined> => {
  const command = { argv: ['cat', '--', absolute(path)], as: options.as, timeoutSeconds: longTransferSeconds };
  const result = await host.run(command, { signal: options.signal });
  if (result.exitCode === 0) return result.stdoutBytes;
  if (result.stderr.trimEnd().endsWith(': No such file or directory')) return undefined;
  throw commandFailed(host.node, command, result);
};

const absolute = (path: string): string => {
  if (path.startsWith('/')) return path;
  throw new ReplctlError({ code: 'BUG', message: `A path on a host must be absolute: ${JSON.stringify(path)}` });
};
