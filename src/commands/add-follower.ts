import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../base-command.ts';
import { parseDuration } from '../flags/duration.ts';
import { parseMaxLag, type MaxLag } from '../flags/max-lag.ts';
import { runFlags } from '../flags/run-flags.ts';
import { parseRate } from '../flags/size.ts';
import { sourceFlags, sourceWant } from '../flags/source-flags.ts';
import type { AddFollowerResult } from '../procedures/contract.ts';

export default class AddFollower extends BaseCommand {
  static override summary = 'Make NODE a follower of the node that it follows in the fleet file.';
  static override description = `Copies the data straight from host to host, has NODE follow from exactly the position of the copy, and proves that it
caught up and refuses writes. On a healthy follower it changes nothing. After an interruption, the same command goes on.`;
  static override examples = [
    '<%= config.bin %> <%= command.id %> db3',
    '<%= config.bin %> <%= command.id %> db3 --dry-run',
    '<%= config.bin %> <%= command.id %> db3 --copy-from db2 --rate 50MB/s',
    '<%= config.bin %> <%= command.id %> db3 --replace --json --progress plain',
  ];
  static override args = {
    node: Args.string({ required: true, description: 'Name of the node in the fleet file.' }),
  };
  static override flags = {
    ...sourceFlags,
    'discard-old': Flags.boolean({
      description: 'Remove the data that --replace moved aside, once the follower is proved.',
    }),
    'max-lag': Flags.custom<MaxLag>({ parse: async (text) => parseMaxLag(text) })({
      description: 'How far behind the leader still counts as caught up: a time or an amount of log.',
      defaultHelp: async () => '1s',
      helpValue: '1s|16MB',
    }),
    'wait-timeout': Flags.custom<number>({ parse: async (text) => parseDuration(text) })({
      description: 'How long to wait until it has caught up; exit 5 after that, and it goes on by itself.',
      defaultHelp: async () => '1h',
      helpValue: '1h',
    }),
    rate: Flags.custom<number>({ parse: async (text) => parseRate(text) })({
      description: 'Upper limit of what the copy reads and sends, to spare the source and the network.',
      helpValue: '50MB/s',
    }),
    parallel: Flags.integer({ min: 1, description: 'How many streams copy at once, where the method can.' }),
    checksums: Flags.boolean({ allowNo: true, default: true, description: 'Check rows of a dump, pages of a clone.' }),
    'fast-catch-up': Flags.boolean({
      description:
        'While it catches up, let the follower flush its log less often (MySQL, MariaDB); put back before the end.',
    }),
    'dry-run': Flags.boolean({ description: 'Print every command and statement, secrets masked; change nothing.' }),
    ...runFlags,
  };

  override async run(): Promise<AddFollowerResult> {
    const { args, flags } = await this.parse(AddFollower);
    return this.perform(flags, {
      work: async (session) => {
        const { addFollower } = await import('../procedures/add-follower.ts');
        return addFollower(session, {
          node: args.node,
          ...sourceWant(flags),
          discardOld: Boolean(flags['discard-old']),
          maxLag: flags['max-lag'] ?? { seconds: 1 },
          waitTimeout: flags['wait-timeout'] ?? 3600,
          rate: flags.rate,
          parallel: flags.parallel,
          checksums: flags.checksums,
          fastCatchUp: Boolean(flags['fast-catch-up']),
          dryRun: Boolean(flags['dry-run']),
        });
      },
      text: async (result) => (await import('../report/follower-text.ts')).followerText(result),
    });
  }
}
