import type { MysqlFacts } from './facts.ts';

/** Files of tables and tablespaces that lie outside of a server's data directory, by path; of MariaDB's the links that lead there. */
export const elsewhere = ({ disk, server }: MysqlFacts): readonly string[] => [
  ...(server?.elsewhere ?? []),
  ...(disk?.elsewhere ?? []),
];

/** The first few, for a message. */
export const someOf = (paths: readonly string[]): string =>
  `${paths.slice(0, 3).join(', ')}${paths.length > 3 ? ', …' : ''}`;

/** What speaks against a copy of the source's files. */
export const elsewhereObjection = (source: MysqlFacts): string | undefined => {
  const paths = elsewhere(source);
  return paths.length === 0
    ? undefined
    : `files of tables on ${source.node} lie outside of its data directory (${someOf(paths)}), which is copied as a whole`;
};
