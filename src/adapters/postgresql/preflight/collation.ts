import type { Finding } from '../../adapter.ts';
import type { FullServerFacts } from '../facts.ts';
import { error } from '../../finding.ts';
import type { Check } from './scene.ts';

const named = (server: FullServerFacts, library: 'c' | 'i'): readonly string[] =>
  server.collations
    .filter(({ provider }) => provider === library)
    .map(({ name, database }) => `collation ${name} in database ${database}`);

/** Collations whose order the operating system decides. The C and POSIX locales compare bytes; `builtin` is PostgreSQL's own. */
const usesLibc = (server: FullServerFacts): readonly string[] => [
  ...server.databases
    .filter(
      ({ provider, collate }) => (provider === 'c' || provider === null) && !/^(C|POSIX)(\..*)?$/i.test(collate ?? 'C'),
    )
    .map(({ name, collate }) => `database ${name} (${collate})`),
  ...named(server, 'c'),
];

const usesIcu = (server: FullServerFacts): readonly string[] => [
  ...server.databases
    .filter(({ provider }) => provider === 'i')
    .map(({ name, locale }) => `database ${name} (${locale})`),
  ...named(server, 'i'),
];

const difference = (
  node: string,
  library: string,
  versions: readonly [string, string],
  users: readonly string[],
  source: string,
): Finding =>
  error({
    code: 'COLLATION_DIFFERS',
    node,
    message: `${node} has ${versions[0]}, ${source} ${versions[1]}: text may sort in another order, and indexes of ${users.slice(0, 3).join(', ')}${users.length > 3 ? ', …' : ''} would be wrong on the follower (wrong answers now, duplicates after a promotion)`,
    hint: `Bring ${library} to the same version on both machines; --allow COLLATION_DIFFERS goes on, for a follower that is reindexed right after its promotion.`,
    evidence: { follower: versions[0], source: versions[1], users: [...users] },
    allowable: true,
  });

const versions: Check = ({ facts: { source, follower } }) => {
  const { server } = source;
  if (!server) return [];
  const findings: Finding[] = [];
  const libc = usesLibc(server);
  if (libc.length > 0 && source.machine.libc !== follower.machine.libc) {
    findings.push(
      difference(follower.node, 'the C library', [follower.machine.libc, source.machine.libc], libc, source.node),
    );
  }
  const icu = usesIcu(server);
  if (
    icu.length > 0 &&
    follower.machine.icu !== '' &&
    source.machine.icu !== '' &&
    source.machine.icu !== follower.machine.icu
  ) {
    findings.push(
      difference(follower.node, 'ICU', [`ICU ${follower.machine.icu}`, `ICU ${source.machine.icu}`], icu, source.node),
    );
  }
  return findings;
};

export const collationChecks: readonly Check[] = [versions];
