import { ReplctlError } from '../../errors.ts';
import { Masked } from '../../masked.ts';
import type { Node } from '../adapter.ts';
import type { Layout } from './layout.ts';

/** The password in an option file of ours on the follower. FAILED where it is gone. */
export const readPassword = async (
  { host, name }: Node,
  { osUser }: Pick<Layout, 'osUser'>,
  path: string,
  signal: AbortSignal,
): Promise<Masked> => {
  const bytes = await host.readFile(path, { as: osUser, signal });
  const password = /^password="([^"]+)"$/m.exec(bytes === undefined ? '' : new TextDecoder().decode(bytes))?.[1];
  if (password !== undefined && /^[\w.+/=-]+$/.test(password)) return new Masked(password);
  throw new ReplctlError({
    code: 'FAILED',
    node: name,
    message: `the password in ${path} on ${name} is gone`,
    hint: 'replctl abandon undoes the run; then add the follower again.',
  });
};
