import { userInfo } from 'node:os';
import { join } from 'node:path';

const passed = ['PATH', 'TERM', 'LANG', 'LC_ALL', 'LC_CTYPE', 'NO_COLOR', 'FORCE_COLOR', 'CI', 'REPLCTL_PROGRESS'];

/** What programs of the demo see: nothing of the caller's own (PGHOST, XDG_…) but how the terminal is to be used. `directory` becomes their home. */
export const environment = (directory: string): NodeJS.ProcessEnv => {
  const own = passed.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]] as const]));
  const { username } = userInfo();
  return { ...Object.fromEntries(own), HOME: join(directory, 'home'), USER: username, LOGNAME: username };
};
