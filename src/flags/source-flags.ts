import { Flags } from '@oclif/core';
import type { Method } from '../procedures/contract.ts';

const methods: readonly Method[] = ['auto', 'basebackup', 'clone', 'dump', 'mariabackup'];

/** What decides whether a node can become a follower: taken by `add-follower` and by its preflight alone, `check`. */
export const sourceFlags = {
  upstream: Flags.string({ description: 'Node to follow; default: what the fleet file says.', helpValue: 'NODE' }),
  'copy-from': Flags.string({
    description: 'Node that the data is copied from; default: the upstream.',
    helpValue: 'NODE',
  }),
  method: Flags.option({
    description: 'How the data is copied; auto takes the fastest safe one.',
    options: methods,
    default: 'auto' as const,
  })(),
  allow: Flags.string({
    multiple: true,
    // Else the node's name behind it would be a code.
    multipleNonGreedy: true,
    delimiter: ',',
    helpValue: 'CODE[,CODE]',
    description: 'Go on in spite of these findings of the preflight, where they say that they may be allowed.',
  }),
  replace: Flags.boolean({
    description: 'Move existing data on NODE aside. The flag is the consent; nothing is asked.',
  }),
};

interface SourceFlags {
  readonly upstream?: string | undefined;
  readonly 'copy-from'?: string | undefined;
  readonly method: Method;
  readonly allow?: readonly string[] | undefined;
  readonly replace?: boolean;
}

/** The same in the words of the procedures. */
export const sourceWant = ({ upstream, 'copy-from': copyFrom, method, allow = [], replace = false }: SourceFlags) => ({
  upstream,
  copyFrom,
  method,
  allow,
  replace,
});
