import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../base-command.ts';
import { parseDuration } from '../flags/duration.ts';
import { nodeFlag, runFlags } from '../flags/run-flags.ts';
import type { ResumeResult } from '../procedures/contract.ts';

export default class Resume extends BaseCommand {
  static override summary = 'Go on with an interrupted run: the only one, or the one named.';
  static override description = `Looks at the hosts and goes on from where the world stands. A run that was started on another machine is found on its
node's host with --node. A run that someone is working on is never taken over.`;
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> r-0k3f9x2a1b',
    '<%= config.bin %> <%= command.id %> --node db3',
  ];
  static override args = { run: Args.string({ description: 'Run id, as `replctl runs` lists it.' }) };
  static override flags = {
    node: nodeFlag,
    'wait-timeout': Flags.custom<number>({ parse: async (text) => parseDuration(text) })({
      description: 'How long to wait for the follower to catch up; default: 1h.',
      helpValue: '1h',
    }),
    ...runFlags,
  };

  override async run(): Promise<ResumeResult> {
    const { args, flags } = await this.parse(Resume);
    return this.perform(flags, {
      work: async (session) => {
        const { resume } = await import('../procedures/resume.ts');
        return resume(session, { run: args.run, node: flags.node, waitTimeout: flags['wait-timeout'] });
      },
      text: async (result) => (await import('../report/follower-text.ts')).followerText(result),
    });
  }
}
