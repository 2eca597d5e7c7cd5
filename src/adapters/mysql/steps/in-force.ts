import { ReplctlError } from '../../../errors.ts';
import { must, type Command } from '../../../hosts/host.ts';
import { fragmentPath, settingsOf } from '../fragment.ts';
import { optionFlags, type Layout } from '../layout.ts';
import type { Work } from '../work.ts';

const inOneWord = (value: string): string => {
  if (/^(on|1|true|yes)$/i.test(value)) return 'ON';
  return /^(off|0|false|no)$/i.test(value) ? 'OFF' : value;
};

/** `--name=value`, `--name`, `--skip-name`; of several the last counts. */
const lastWords = (printed: string): ReadonlyMap<string, string> => {
  const words = new Map<string, string>();
  for (const option of ` ${printed}`.split(/\s--(?=\w)/).slice(1)) {
    const [, written = '', value] = /^([\w-]+)(?:=(.*))?$/s.exec(option.trim()) ?? [];
    const name = written.replaceAll('-', '_').replace(/^loose_/, '');
    words.set(name, value ?? 'ON');
    if (value === undefined && name.startsWith('skip_')) words.set(name.slice(5), 'OFF');
  }
  return words;
};

/** Of what an option file sets, what a server that prints these defaults would be started with instead; empty: nothing is otherwise. Pure. */
export const overridden = (settings: readonly string[], printed: string): readonly string[] => {
  const words = lastWords(printed);
  // Of several lines for one name the last counts here too.
  const ours = new Map(settings.map((line) => line.split(' = ')).map(([name, value]) => [name!, value]));
  return [...ours].flatMap(([name, value]) => {
    const word = words.get(name);
    if (value === undefined) return [];
    if (word === undefined) return [`no ${name}`];
    return inOneWord(word) === inOneWord(value) ? [] : [`${name} = ${word}`];
  });
};

/** The server tells what it would be started with, and ends. Only that of a unit: one that we start ourselves reads our file last. */
export const defaultsCommands = (layout: Layout): readonly Command[] =>
  layout.control === 'systemd'
    ? [{ argv: [layout.server, ...optionFlags(layout), '--print-defaults'], as: layout.adminUser, timeoutSeconds: 30 }]
    : [];

/** Before anything is stopped: what closes the follower must be the last word on its options, which the server itself is asked for. */
export const requireInForce = async (work: Work, signal: AbortSignal): Promise<void> => {
  const layout = work.layouts.follower;
  const { name, host } = work.nodes.follower;
  const [command] = defaultsCommands(layout);
  if (!command) return;
  const { stdout } = await must(host, command, { signal });
  const others = overridden(settingsOf(work, 'closed'), stdout);
  if (others.length === 0) return;
  throw new ReplctlError({
    code: 'FAILED',
    node: name,
    message: `${layout.unit} on ${name} would be started with ${others.join(', ')}, in spite of ${fragmentPath(layout)}`,
    hint: 'Take that out of the option file that is read after it (behind !includedir in my.cnf, often), or let that include its directory; then resume.',
  });
};
