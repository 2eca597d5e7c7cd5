import type { MysqlFacts } from './facts.ts';

/** Storage engines of the source's tables, InnoDB left out, in capitals; views and sequences have none of their own. */
export const usedEngines = ({ server }: MysqlFacts): readonly string[] => [
  ...new Set(
    (server?.otherEngines ?? [])
      .map(({ engine }) => engine.toUpperCase())
      .filter((engine) => !['', 'VIEW', 'SEQUENCE'].includes(engine)),
  ),
];

/** What makes a server without an option file have them: MySQL has one that is off, others are plugins. */
export const engineOptions = (source: MysqlFacts): readonly string[] => {
  const used = usedEngines(source);
  const libraries = used.flatMap((engine) => source.server?.engines[engine]?.library ?? []);
  return [
    ...(source.layout?.flavour === 'mysql' && used.includes('FEDERATED') ? ['--federated'] : []),
    ...[...new Set(libraries)].map((library) => `--plugin-load-add=${library}`),
  ];
};
