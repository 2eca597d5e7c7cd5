import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from '../../lab/machine.ts';

/**
 * Looks at every command line and environment, many times a second while a process is young, then every two seconds: there are many on a box, and they change
 * only when a process becomes another program. Ends with the stop file; one that has no watcher any more ends too.
 */
const sampler = String.raw`
use strict;
my ($directory) = @ARGV;
mkdir $directory;
chdir $directory or die "$directory: $!";
my ($parent, $round, %age, %seen) = (getppid, 0);
until (-e 'stop' or getppid != $parent) {
  $round++;
  opendir my $proc, '/proc' or die;
  my %now = map { $_ => 1 + ($age{$_} // 0) } grep /^[0-9]+$/, readdir $proc;
  %age = %now;
  for my $pid (keys %age) {
    next if $age{$pid} > 20 && $round % 60;
    for my $name ('cmdline', 'environ') {
      open my $file, '<', "/proc/$pid/$name" or next;
      local $/;
      $seen{$_} = 1 for split /\0/, <$file> // '';
    }
  }
  select undef, undef, undef, 0.03;
}
open my $all, '>', 'all' or die;
print $all "$_\n" for keys %seen;
close $all;
open my $done, '>', 'done';
`;

export interface Watch {
  /** Every word of every command line and environment that was seen; ends the watch. */
  stop(): Promise<string>;
}

/** On a machine of the lab; over a power cut what was seen is lost. */
export const watchProcesses = async (machine: Machine): Promise<Watch> => {
  const directory = '/run/watch';
  await machine.ok(
    `cat >/run/watch.pl; rm -rf ${directory}; systemctl stop watch 2>/dev/null || :; systemd-run --quiet --collect --unit=watch perl /run/watch.pl ${directory}`,
    { input: sampler },
  );
  return {
    stop: () =>
      machine.ok(
        `[ -d ${directory} ] || exit 0; cd ${directory}; touch stop; until [ -e done ]; do sleep 0.05; done; cat all; rm -r ${directory}`,
      ),
  };
};

/** On the operator's own machine, which is this box. */
export const watchThisBox = (directory: string): Watch => {
  const watched = join(directory, 'watch');
  const child = spawn('perl', ['-e', sampler, watched], { stdio: 'ignore' });
  return {
    stop: async () => {
      const over = new Promise((resolve) => child.once('exit', resolve));
      writeFileSync(join(watched, 'stop'), '');
      await over;
      const words = readFileSync(join(watched, 'all'), 'utf8');
      rmSync(watched, { recursive: true });
      return words;
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
