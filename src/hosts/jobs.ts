import { createHash } from 'node:crypto';
import { isReplctlError, ReplctlError } from '../errors.ts';
import { reveal } from '../masked.ts';
import { must, quoteArgv, type Host } from './host.ts';
import {
  cancelScript,
  cancelSeconds,
  inspectScript,
  jobExit,
  removeScript,
  startScript,
  startWrapper,
} from './job-scripts.ts';
import type { JobHandle, Jobs, JobSpec } from './job.ts';
import { shell } from './quoting.ts';

const checkId = (id: string): void => {
  if (!/^[a-z0-9-]+$/.test(id))
    throw new ReplctlError({ code: 'BUG', message: `No id for a job: ${JSON.stringify(id)}` });
};

/** The systemd scope of a job where the login is root. Two directories may have jobs of the same id. */
const scopeOf = ({ id, directory }: JobHandle): string =>
  `replctl-${id.slice(0, 100)}-${createHash('sha256').update(`${directory}/${id}`).digest('hex').slice(0, 12)}.scope`;

const transferSeconds = 600;

export const startJob = async (host: Host, spec: JobSpec): Promise<JobHandle> => {
  const { id, directory, as, argv, guard } = spec;
  checkId(id);
  const handle = { id, directory, as };
  const stdin = Buffer.from(spec.stdin === undefined ? '' : reveal(spec.stdin));
  const command = {
    argv: shell(startScript, 'start-job', [
      directory,
      id,
      String(stdin.length),
      quoteArgv(argv),
      startWrapper,
      ...argv,
    ]),
    as,
    guard,
    stdin,
    scope: scopeOf(handle),
    timeoutSeconds: transferSeconds,
  };
  const result = await host.run(command);
  const failed = (message: string, hint?: string) =>
    new ReplctlError({
      code: 'FAILED',
      node: host.node,
      message,
      hint,
      details: { job: id, stderr: result.stderr.slice(-4096) },
    });
  switch (result.exitCode) {
    case 0:
      return handle;
    case jobExit.notRemoved:
      throw failed(
        `A job ${id} that is over is still in ${directory} on ${host.node}`,
        'Remove it before it is started again.',
      );
    case jobExit.incomplete:
      throw failed(`The input for job ${id} did not arrive whole on ${host.node}; nothing was started`);
    default:
      throw failed(`Job ${id} could not be started on ${host.node}: ${result.stderr.trim().split('\n').at(-1) ?? ''}`);
  }
};

/** Seconds for the looking itself. */
const inspectSeconds = 60;

export const inspectJob: Jobs['inspectJob'] = async (host, handle, { patience = 0, signal } = {}) => {
  checkId(handle.id);
  const { as } = handle;
  const argv = shell(inspectScript, 'inspect-job', [`${handle.directory}/${handle.id}`, String(patience)]);
  const command = { argv, as, timeoutSeconds: inspectSeconds + patience };
  const { stdoutBytes, stderr } = await must(host, command, { signal }).catch((error: unknown) => {
    // Looking changes nothing: that the connection went is all there is to say.
    throw isReplctlError(error) && error.code === 'OUTCOME_UNKNOWN' && isReplctlError(error.cause)
      ? error.cause
      : error;
  });
  const text = Buffer.from(stdoutBytes).toString();
  const lineEnd = text.indexOf('\n');
  const [state = '', exitCode = '', seconds] = text.slice(0, lineEnd).split(' ');
  const output = { stdout: text.slice(lineEnd + 1), stderr };
  switch (state) {
    case 'absent':
      return { state };
    case 'running':
    case 'orphaned':
      return { state: 'running', orphaned: state === 'orphaned', seconds: Number(seconds) || 0, ...output };
    case 'ended':
      // A status that cannot be read is none.
      if (!/^\d+$/.test(exitCode)) return { state: 'lost', ...output };
      return { state, exitCode: Number(exitCode), seconds: Number(seconds) || 0, ...output };
    default:
      return { state: 'lost', ...output };
  }
};

// The scope's control group also knows processes that left the session and closed the lock.
const stopScope = `[ -d /run/systemd/system ] && command -v systemctl >/dev/null && systemctl stop -- "$1" 2>/dev/null; :`;

export const cancelJob = async (host: Host, handle: JobHandle): Promise<void> => {
  checkId(handle.id);
  const { as, id } = handle;
  const argv = shell(cancelScript, 'cancel-job', [`${handle.directory}/${id}`]);
  if (host.login.uid === 0) {
    await must(host, { argv: shell(stopScope, 'stop-scope', [scopeOf(handle)]), timeoutSeconds: cancelSeconds });
  }
  const result = await host.run({ argv, as, timeoutSeconds: cancelSeconds });
  if (result.exitCode === 0) return;
  throw new ReplctlError({
    code: 'FAILED',
    node: host.node,
    message: `Job ${id} on ${host.node} could not be ended: ${result.stderr.trim()}`,
    hint: `Look at these processes on ${host.node}: a process that waits for a disk ends when the disk answers.`,
  });
};

export const removeJob = async (host: Host, handle: JobHandle): Promise<void> => {
  checkId(handle.id);
  const { as, id, directory } = handle;
  const result = await host.run({ argv: shell(removeScript, 'remove-job', [directory, id]), as });
  if (result.exitCode === 0) return;
  const running = result.exitCode === jobExit.stillRuns;
  throw new ReplctlError({
    code: 'FAILED',
    node: host.node,
    message: running
      ? `Job ${id} on ${host.node} is not removed: it still runs`
      : `Job ${id} on ${host.node} could not be removed: ${result.stderr.trim()}`,
    hint: running ? 'Cancel it, or wait for its end.' : undefined,
  });
};
