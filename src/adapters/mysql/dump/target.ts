import { setting } from '../facts.ts';
import { engineOptions } from '../engines.ts';
import { scratchServer, withoutKeys, type ScratchServer } from '../scratch-server.ts';
import type { Work } from '../work.ts';

/** The loading server's administrator: the accounts of the leader take the place of all others at the end, root's too. */
export const loader = 'replctl_scratch';

export const initFile = (work: Work): string => `${work.workDir}/init.sql`;

/** What root may pass on, and so the loader must have: MariaDB lets an init file write that, but not grant it. */
const proxyStatements = (flavour: 'mysql' | 'mariadb'): readonly string[] =>
  flavour === 'mysql'
    ? [`GRANT PROXY ON ''@'' TO '${loader}'@'localhost' WITH GRANT OPTION;`]
    : [
        `REPLACE INTO mysql.proxies_priv (Host, User, Proxied_host, Proxied_user, With_grant, Grantor) VALUES ('localhost', '${loader}', '', '', 1, '');`,
        'FLUSH PRIVILEGES;',
      ];

/** At every start, so that it is there again where a run goes on after it was dropped. A statement a line. */
export const initStatements = ({ dialect }: Pick<Work, 'dialect'>): string =>
  [
    `CREATE USER IF NOT EXISTS '${loader}'@'localhost';`,
    `GRANT ALL PRIVILEGES ON *.* TO '${loader}'@'localhost' WITH GRANT OPTION;`,
    ...proxyStatements(dialect.flavour),
    '',
  ].join('\n');

/** Of the data directory's whole life: set when it is made. */
export const lastingOptions = (work: Work): readonly string[] => {
  const { leader, follower } = work.context.facts;
  const letterCase = setting(leader.server, 'lower_case_table_names');
  const pageSize = setting(follower.server, 'innodb_page_size');
  const dataFiles = setting(follower.server, 'innodb_data_file_path');
  const charset = (['character_set_server', 'collation_server'] as const).flatMap((name) => {
    const value = setting(leader.server, name);
    return /^\w+$/.test(value) ? [`--${name.replaceAll('_', '-')}=${value}`] : [];
  });
  return [
    ...charset,
    ...(letterCase === '' ? [] : [`--lower-case-table-names=${letterCase}`]),
    ...(pageSize === '' ? [] : [`--innodb-page-size=${pageSize}`]),
    ...(dataFiles === '' ? [] : [`--innodb-data-file-path=${dataFiles}`]),
  ];
};

/** A quarter of the memory, since the follower's own server still has its part. */
const bufferPool = (work: Work): number => {
  const megabytes = Math.floor(work.context.facts.follower.machine.memory / 4 / 1_048_576);
  return Math.max(128, Math.min(8192, megabytes));
};

/** Nothing of it must survive a power cut: a load whose server died begins again. */
const careless = [
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-doublewrite=0',
  '--innodb-flush-method=O_DIRECT',
  '--innodb-io-capacity=20000',
  '--innodb-io-capacity-max=40000',
  // Rows come in the order of their keys: a page that is full is not touched again, and may be written while the others load.
  '--innodb-max-dirty-pages-pct=2',
  '--innodb-max-dirty-pages-pct-lwm=0',
  '--max-allowed-packet=1G',
  // What LOAD DATA reads at a time.
  '--read-buffer-size=1048576',
  '--secure-file-priv=',
  '--sql-mode=',
  // A table that somebody made with it off is made again.
  '--innodb-strict-mode=OFF',
];

/** The server that the dump is loaded into: it runs on the staged directory itself, which is a whole data directory when it has ended. */
export const loadTarget = (work: Work): ScratchServer => {
  const flavoured =
    work.dialect.flavour === 'mysql'
      ? [
          ...withoutKeys,
          '--loose-innodb-redo-log-capacity=1G',
          // More is slower: it is sorted in pieces that fit a processor's cache no longer (9.7, 1.5 million rows: 32 MB take a fifth less than 128).
          '--loose-innodb-ddl-buffer-size=33554432',
          '--loose-innodb-ddl-threads=2',
          '--innodb-parallel-read-threads=2',
          '--performance-schema=OFF',
        ]
      : // innodb_sort_buffer_size stays at its default of 1 MB: with 64 MB the keys take twice as long (11.8).
        [
          // Two loaders of one table do not wait for each other; MySQL's default.
          '--innodb-autoinc-lock-mode=2',
          '--innodb-log-file-size=1G',
          '--innodb-log-buffer-size=64M',
          '--performance-schema=OFF',
        ];
  return scratchServer(work, {
    dataDir: work.place.staged,
    sqlUser: loader,
    options: [
      `--init-file=${initFile(work)}`,
      `--innodb-buffer-pool-size=${bufferPool(work)}M`,
      ...careless,
      ...flavoured,
      ...lastingOptions(work),
      ...engineOptions(work.context.facts.source),
    ],
  });
};
