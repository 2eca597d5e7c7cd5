import { ReplctlError } from '../errors.ts';
import type { Host } from './host.ts';

/** A machine that will not come back: nobody is to ask it for anything, and whoever does hears so at once (HOST_UNREACHABLE). */
export const goneHost = (node: string): Host => {
  const refuse = async (): Promise<never> => {
    throw new ReplctlError({
      code: 'HOST_UNREACHABLE',
      node,
      message: `${node} is gone, as --gone ${node} says`,
      hint: `Leave --gone ${node} out if it answers again.`,
    });
  };
  return {
    node,
    login: { user: '', uid: -1, home: '' },
    run: refuse,
    duplex: refuse,
    connect: refuse,
    readFile: refuse,
    writeFile: refuse,
    close: async () => undefined,
  };
};
