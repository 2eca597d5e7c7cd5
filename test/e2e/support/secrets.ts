import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Machine } from '../../lab/machine.ts';

/**
 * Tells every word of every command line and environment, once: looked at many times a second while a process is young, then every two seconds, as there are
 * many on a box, and they change only when a process becomes another program. Ends when nobody listens any more.
 */
const sampler = String.raw`
use strict;
$| = 1;
my ($parent, $round, %age, %seen) = (getppid, 0);
until (getppid != $parent) {
  $round++;
  opendir my $proc, '/proc' or die;
  my %now = map { $_ => 1 + ($age{$_} // 0) } grep /^[0-9]+$/, readdir $proc;
  %age = %now;
  for my $pid (keys %age) {
    next if $age{$pid} > 20 && $round % 60;
    for my $name ('cmdline', 'environ') {
      open my $file, '<', "/proc/$pid/$name" or next;
      local $/;
      for my $word (split /\0/, <$file> // '') { print "$word\n" unless $seen{$word}++ }
    }
  }
  select undef, undef, undef, 0.03;
}
`;

export interface Watch {
  /** Every word of every command line and environment that was seen so far. */
  words(): Promise<string>;
  end(): void;
}

/** Longer than a round takes where there is much to do. */
const roundMilliseconds = 500;

/** On this box, which is the operator's machine; the processes of the lab's machines are processes of this box too. */
export const watchProcesses = (): Watch => {
  const child = spawn('perl', ['-e', sampler], { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return {
    words: async () => {
      await sleep(roundMilliseconds);
      if (child.exitCode !== null || text === '') throw new Error('nobody looks at the processes');
      return text;
    },
    end: () => child.kill(),
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
