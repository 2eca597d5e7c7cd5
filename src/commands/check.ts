import { Args } from '@oclif/core';
import { BaseCommand } from '../base-command.ts';
import { sourceFlags, sourceWant } from '../flags/source-flags.ts';
import { ReplctlError } from '../errors.ts';
import type { CheckResult } from '../procedures/contract.ts';

const refusal = ({ node, passed, findings }: CheckResult): ReplctlError | undefined => {
  const errors = findings.filter((finding) => finding.severity === 'error');
  if (passed) return undefined;
  return new ReplctlError({
    code: 'PREFLIGHT_REFUSED',
    message: `${node} cannot become a follower: ${errors.length} ${errors.length === 1 ? 'finding speaks' : 'findings speak'} against it.`,
    hint: errors[0]?.hint,
    node: errors[0]?.node,
  });
};

export default class Check extends BaseCommand {
  static override summary = 'Check whether NODE could become a follower; changes nothing.';
  static override description = `Runs the preflight of add-follower alone: reachability, rights, versions, settings, disk space, slots, collations.
Exit 0 when nothing speaks against it, 3 when something does.`;
  static override examples = [
    '<%= config.bin %> <%= command.id %> db3',
    '<%= config.bin %> <%= command.id %> db3 --json',
  ];
  static override args = {
    node: Args.string({ required: true, description: 'Name of the node in the fleet file.' }),
  };
  static override flags = sourceFlags;

  override async run(): Promise<CheckResult> {
    const { args, flags } = await this.parse(Check);
    return this.perform(flags, {
      work: async (session) => {
        const { check } = await import('../procedures/check.ts');
        return check(session, {
          node: args.node,
          ...sourceWant(flags),
          discardOld: false,
          maxLag: { seconds: 1 },
          waitTimeout: 3600,
        });
      },
      text: async (result) => (await import('../report/findings-text.ts')).findingsText(result),
      judge: refusal,
    });
  }
}
