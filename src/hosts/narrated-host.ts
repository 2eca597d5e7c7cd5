import { briefCommand, type Host } from './host.ts';

/** The same host, which tells what is done on it before it does it. Standard input is never told: secrets travel there. */
export const narratedHost = (host: Host, tell: (line: string) => void): Host => {
  const say = (what: string): void => tell(`${host.node}: ${what}`);
  return {
    node: host.node,
    login: host.login,
    run: async (command, options) => {
      say(briefCommand(command));
      return host.run(command, options);
    },
    duplex: async (command, options) => {
      say(briefCommand(command));
      return host.duplex(command, options);
    },
    connect: async (target, options) => {
      say(
        'socket' in target
          ? `connect to ${target.socket}`
          : `connect to ${target.address ?? 'localhost'}:${target.port}`,
      );
      return host.connect(target, options);
    },
    readFile: async (path, options) => {
      say(`read ${path}`);
      return host.readFile(path, options);
    },
    writeFile: async (file, options) => {
      say(`write ${file.path}`);
      await host.writeFile(file, options);
    },
    close: async () => host.close(),
  };
};
