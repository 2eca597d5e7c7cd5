import type { Finding } from '../../adapter.ts';
import { canOpen } from '../data-file-path.ts';
import { elsewhere, someOf } from '../elsewhere.ts';
import { error } from '../../finding.ts';
import { setting } from '../facts.ts';
import type { Check } from './scene.ts';

const directories = [
  'aria_log_dir_path',
  'innodb_data_home_dir',
  'innodb_log_group_home_dir',
  'innodb_undo_directory',
] as const;

/** Other directories of the engines would be left behind by the swap, and found by the next server. */
const scattered: Check = ({ facts: { follower, source } }) =>
  [follower, source].flatMap(({ node, server }): Finding[] => {
    const inside = (path: string): boolean =>
      path === '' || path === './' || path === '.' || path.startsWith(setting(server, 'datadir'));
    const outside = directories.filter((name) => !inside(setting(server, name)));
    if (outside.length === 0) return [];
    return [
      error({
        code: 'FILES_ELSEWHERE',
        node,
        message: `${outside.map((name) => `${name} = ${setting(server, name)}`).join(', ')} on ${node}: files of the server lie outside its data directory`,
        hint: 'replctl copies and replaces data directories as a whole; move these files into it first.',
      }),
    ];
  });

/** What another server left there would be found by the copy's; and a table of the copy's, by the old server once it is put back. */
const linked: Check = ({ facts: { follower } }) => {
  const paths = elsewhere(follower);
  if (paths.length === 0) return [];
  return [
    error({
      code: 'FILES_ELSEWHERE',
      node: follower.node,
      message: `files of tables on ${follower.node} lie outside of its data directory: ${someOf(paths)}`,
      hint: 'The data directory is replaced as a whole, and they would stay behind: drop or move these tables first.',
    }),
  ];
};

const pageSize: Check = ({ facts: { source, follower }, method }) => {
  const [theirs, ours] = [setting(source.server, 'innodb_page_size'), setting(follower.server, 'innodb_page_size')];
  if (method === 'dump' || theirs === '' || ours === '' || theirs === ours) return [];
  return [
    error({
      code: 'PAGE_SIZE_DIFFERS',
      node: follower.node,
      message: `innodb_page_size is ${ours} on ${follower.node} and ${theirs} on ${source.node}`,
      hint: `Set innodb_page_size = ${theirs} in ${follower.node}'s option file, or take --method dump.`,
    }),
  ];
};

/** Of the system tablespace: a server that expects other files, or larger ones, does not start on the copy. */
const dataFiles: Check = ({ facts: { source, follower }, method }) => {
  const [theirs, ours] = [source, follower].map(({ server }) => setting(server, 'innodb_data_file_path'));
  if (method === 'dump' || !theirs || !ours || canOpen(ours, theirs)) return [];
  return [
    error({
      code: 'DATA_FILES_DIFFER',
      node: follower.node,
      message: `innodb_data_file_path is ${ours} on ${follower.node} and ${theirs} on ${source.node}`,
      hint: `Set innodb_data_file_path = ${theirs} in ${follower.node}'s option file, or take --method dump.`,
    }),
  ];
};

const architecture: Check = ({ facts: { source, follower }, method }) => {
  if (method === 'dump' || source.machine.architecture === follower.machine.architecture) return [];
  return [
    error({
      code: 'ARCHITECTURE_DIFFERS',
      node: follower.node,
      message: `${follower.node} is ${follower.machine.architecture}, ${source.node} is ${source.machine.architecture}`,
      hint: 'Copied files need machines of one architecture: --method dump.',
    }),
  ];
};

/** Whether the files of one server can be another's. */
export const filesChecks: readonly Check[] = [scattered, linked, pageSize, dataFiles, architecture];
