import type { SwapEngine } from '../swap-script.ts';
import type { Layout } from './layout.ts';

/** As the server's OS user, who may look at its own processes: a server's working directory is its data directory. */
const stopped = `
for process in $(pgrep -x 'mysqld|mariadbd'); do
  if [ "/proc/$process/cwd" -ef "$1" ]; then fail "a server still runs in $1"; fi
done`;

/** MySQL's dictionary, MariaDB's accounts: without them no server comes up. */
export const swapEngine = ({ flavour }: Pick<Layout, 'flavour'>): SwapEngine => ({
  key: flavour === 'mysql' ? 'mysql.ibd' : 'mysql',
  stopped,
});
