import { Args } from '@oclif/core';
import { BaseCommand } from '../base-command.ts';
import { ReplctlError } from '../errors.ts';
import { isHarmless, type StatusResult } from '../procedures/contract.ts';

const unwell = ({ healthy, nodes, fleet }: StatusResult): ReplctlError | undefined => {
  if (healthy) return undefined;
  if (nodes.every((node) => node.state === 'unreachable')) {
    return new ReplctlError({
      code: 'HOST_UNREACHABLE',
      message: `No node of ${fleet} answered.`,
      hint: nodes[0]?.warnings[0]?.hint,
      retryable: true,
    });
  }
  const graveOf = (node: StatusResult['nodes'][number]) => node.warnings.filter(({ code }) => !isHarmless(code));
  const states = ['running', 'streaming', 'catching-up'];
  const troubled = nodes.filter((node) => graveOf(node).length > 0 || !states.includes(node.state));
  return new ReplctlError({
    code: 'NOT_HEALTHY',
    message: `${fleet} is not healthy: look at ${troubled.map((node) => node.name).join(', ') || 'its nodes'}.`,
    hint: troubled.flatMap(graveOf)[0]?.hint,
  });
};

export default class Status extends BaseCommand {
  static override summary = 'Show every node as it really is, or only NODE.';
  static override description = `Role, state, upstream, position, lag, slot and retained log, version and warnings, and where that differs from the fleet
file. Exit 0 when all is well, 8 when a node answered that is not, 7 when no node answered.`;
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> db3 --json'];
  static override args = { node: Args.string({ description: 'Name of the node in the fleet file.' }) };

  override async run(): Promise<StatusResult> {
    const { args, flags } = await this.parse(Status);
    return this.perform(flags, {
      work: async (session) => {
        const { status } = await import('../procedures/status.ts');
        return status(session, { node: args.node });
      },
      text: async (result) => (await import('../report/status-text.ts')).statusText(result),
      judge: unwell,
    });
  }
}
