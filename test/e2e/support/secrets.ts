import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from '../../lab/machine.ts';

/** Looks at every command line and environment, many times a second, until the stop file is there. */
const sampler = (directory: string) => String.raw`
mkdir -p ${directory}; cd ${directory}
until [ -e stop ]; do cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\0' '\n' | sort -u >>seen; sleep 0.03; done
sort -u seen >all; touch done`;

export interface Watch {
  /** Every word of every command line and environment that was seen; ends the watch. */
  stop(): Promise<string>;
}

/** On a machine of the lab. */
export const watchProcesses = async (machine: Machine): Promise<Watch> => {
  const directory = '/run/watch';
  await machine.ok('cat >/run/watch.sh; systemd-run --quiet --unit=watch bash /run/watch.sh', {
    input: sampler(directory),
  });
  return {
    stop: () =>
      machine.ok(`cd ${directory}; touch stop; until [ -e done ]; do sleep 0.05; done; cat all; rm -r ${directory}`),
  };
};

/** On the operator's own machine, which is this box. */
export const watchThisBox = (directory: string): Watch => {
  const watched = join(directory, 'watch');
  const child = spawn('bash', ['-c', `${sampler(watched)}; touch stop`], { stdio: 'ignore' });
  return {
    stop: async () => {
      const over = new Promise((resolve) => child.once('exit', resolve));
      spawn('touch', [join(watched, 'stop')], { stdio: 'ignore' });
      await over;
      return readFileSync(join(watched, 'all'), 'utf8');
    },
  };
};

/** Files of a machine that hold the text: logs, journals, and whatever else may be written by a run. */
export const filesWith = async (
  machine: Machine,
  text: string,
  more: readonly string[] = [],
): Promise<readonly string[]> => {
  const places = '/var/log /run /tmp /var/tmp /var/lib/postgresql/.replctl /etc/postgresql /root /home';
  const { stdout } = await machine.run(
    `journalctl --no-pager >/run/journal.txt; grep -rlsF -f - ${[places, ...more].join(' ')}`,
    {
      input: `${text}\n`,
    },
  );
  return stdout.split('\n').filter(Boolean);
};

/** Every file below a directory of this box, as one text. */
export const allText = (directory: string): string =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
