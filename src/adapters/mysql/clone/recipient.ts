import { setting } from '../facts.ts';
import { initialiseCommand, scratchServer, withoutKeys, type ScratchServer } from '../scratch-server.ts';
import type { Work } from '../work.ts';

/** What the donor compares with its own, and refuses a clone for where it differs (ER_CLONE_CONFIG, 3868: seen on 9.7), besides versions and platforms. */
const compared = ['innodb_page_size', 'character_set_server', 'collation_server', 'character_set_filesystem'] as const;

const optionsOf = (work: Work, names: readonly (typeof compared)[number][]): readonly string[] =>
  names.flatMap((name) => {
    const value = setting(work.context.facts.source.server, name);
    return value === '' ? [] : [`--${name.replaceAll('_', '-')}=${value}`];
  });

/** The server that asks for the copy: it need not serve anybody, and the follower's own server is left alone. */
export const recipient = (work: Work): ScratchServer =>
  scratchServer(work, {
    dataDir: `${work.workDir}/recipient`,
    options: [
      '--plugin-load-add=mysql_clone.so',
      ...withoutKeys,
      '--loose-innodb-redo-log-capacity=67108864',
      '--innodb-use-native-aio=OFF',
      '--innodb-buffer-pool-size=128M',
      '--performance-schema=ON',
      ...optionsOf(work, compared),
    ],
  });

export const initialiseRecipient = (work: Work): ReturnType<typeof initialiseCommand> =>
  initialiseCommand(recipient(work), optionsOf(work, ['innodb_page_size']));
