import { ReplctlError } from '../../errors.ts';
import type { Cast, ChosenMethod, Method } from '../adapter.ts';
import { clone } from './clone/clone-method.ts';
import type { CopyMethod } from './copy-method.ts';
import { dumpFor } from './dump/dump-method.ts';
import type { MysqlFacts } from './facts.ts';
import { mariabackup } from './mariabackup/mariabackup-method.ts';
import type { MethodName } from './work.ts';

/** What `auto` tries, best first; the last one always remains. */
const byFlavour: Readonly<Record<'mysql' | 'mariadb', readonly CopyMethod[]>> = {
  mysql: [clone, dumpFor('mysql')],
  mariadb: [mariabackup, dumpFor('mariadb')],
};

export const methodNamed = (flavour: 'mysql' | 'mariadb', name: MethodName): CopyMethod =>
  byFlavour[flavour].find((method) => method.name === name)!;

export const methodNames = (flavour: 'mysql' | 'mariadb'): readonly MethodName[] =>
  byFlavour[flavour].map(({ name }) => name);

/** What `auto` becomes, and why; a method that is named is taken as it is. USAGE where the engine has no such method. */
export const chooseMethod = (
  flavour: 'mysql' | 'mariadb',
  asked: Method,
  facts?: Cast<MysqlFacts>,
): ChosenMethod & { readonly name: MethodName } => {
  const methods = byFlavour[flavour];
  if (asked !== 'auto') {
    const named = methods.find(({ name }) => name === asked);
    if (named) return { name: named.name, because: 'it was asked for' };
    const engine = flavour === 'mysql' ? 'MySQL' : 'MariaDB';
    throw new ReplctlError({
      code: 'USAGE',
      message: `--method ${asked} is not for ${engine}`,
      hint: `${engine} has ${methods.map(({ name }) => name).join(', ')}, and auto.`,
    });
  }
  const usable = methods.find((method) => facts === undefined || method.objection(facts) === undefined);
  const chosen = usable ?? methods.at(-1)!;
  const passed = methods.slice(0, methods.indexOf(chosen));
  const why = facts ? passed.map((method) => `not ${method.name}: ${method.objection(facts)}`) : [];
  return { name: chosen.name, because: [chosen.because, ...why].join('; ') };
};
