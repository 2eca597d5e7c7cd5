import { z } from 'zod';

// What reaches a command line or a configuration file later has no leading dash, no white space and no control character.
const hostPattern = /^[A-Za-z0-9_:][A-Za-z0-9._:%-]*$/;
const userPattern = /^[A-Za-z0-9_][A-Za-z0-9_.@\\-]*\$?$/;
const jumpPattern = /^[A-Za-z0-9_[][A-Za-z0-9_.@:%,[\]-]*$/;
const unitPattern = /^[A-Za-z0-9_][A-Za-z0-9:_.@\\-]*$/;
const namePattern = /^[a-z0-9][a-z0-9_-]*$/;
const plainPattern = /^\P{Cc}+$/u;

const matching = (pattern: RegExp, what: string) => z.string().regex(pattern, `must be ${what}`);
const plainText = matching(plainPattern, 'text without line breaks');
const host = matching(hostPattern, 'a host name or an IP address');
const absolutePath = matching(/^\/\P{Cc}*$/u, 'an absolute path');
const port = z.int().min(1, 'must be 1 to 65535').max(65_535, 'must be 1 to 65535');
const name = matching(namePattern, 'lower-case letters, digits, "_" and "-", and start with a letter or a digit').max(
  63,
  'must be at most 63 characters long',
);
const transport = z.enum(['auto', 'ssh2', 'openssh', 'local']);

const secret = z
  .union([
    z.strictObject({ env: plainText.describe('Name of an environment variable of the replctl process.') }),
    z.strictObject({ file: plainText.describe('A file that only its owner can read (0600).') }),
    z.strictObject({
      command: z
        .array(plainText)
        .min(1)
        .describe('Program and arguments, run here without a shell; its one line of output is the secret.'),
    }),
  ])
  .describe('Where a secret is read from when it is needed; the fleet file never holds it.');

const ssh = z.strictObject({
  user: matching(userPattern, 'a user name').optional().describe('Login user; default: what `ssh -G` says.'),
  port: port.optional().describe('SSH port; default: what `ssh -G` says, else 22.'),
  identityFile: plainText
    .optional()
    .describe('Private key. `~` is your home; a relative path starts at the fleet file.'),
  knownHostsFile: plainText.optional().describe('Host keys that are trusted; default: `~/.ssh/known_hosts`.'),
  transport: transport
    .optional()
    .describe(
      '`auto` takes ssh2, and openssh for certificates, hardware keys and ProxyCommand; `local` is this machine.',
    ),
  jump: matching(jumpPattern, '[user@]host[:port]').optional().describe('Jump host: `[user@]host[:port]`.'),
  connectTimeoutSeconds: z
    .int()
    .min(1, 'must be 1 to 3600')
    .max(3600, 'must be 1 to 3600')
    .optional()
    .describe('How long one connection attempt may take.'),
});

const database = z.strictObject({
  port: port.optional().describe('Port of the server.'),
  dataDir: absolutePath.optional().describe('Data directory.'),
  service: matching(unitPattern, 'a systemd unit name').optional().describe('systemd unit of the server.'),
  socket: absolutePath.optional().describe('Unix socket, or the directory that it lies in.'),
  binDir: absolutePath.optional().describe("Directory of the server's programs."),
  adminUser: plainText.optional().describe('Database administrator; default: the one who logs in without a password.'),
  adminPassword: secret.optional(),
  tablespaces: z
    .record(absolutePath, absolutePath)
    .optional()
    .describe('Where a tablespace goes on this node: path on the leader → path here.'),
  tls: z
    .enum(['require', 'verify-full', 'off'])
    .optional()
    .describe('TLS between the nodes; default: used where the upstream has it.'),
});

const node = z.strictObject({
  host: host.optional().describe('Where SSH goes. Left out only with `transport: local`.'),
  follows: name.optional().describe('The node that this one follows. The one node without it is the leader.'),
  address: host.optional().describe('What other nodes use to reach its database; default: `host`.'),
  transport: transport.optional().describe('Short for `ssh: { transport: … }`.'),
  ssh: ssh.optional().describe('Differences from the `ssh` section above.'),
  database: database.optional().describe('Differences from the `database` section above.'),
});

export const fleetFileSchema = z
  .strictObject({
    fleet: name.describe('Name of the fleet: marks what replctl creates on the servers.'),
    engine: z.enum(['postgresql', 'mysql', 'mariadb']).describe('Database engine of every node.'),
    ssh: ssh.optional().describe('How to reach the nodes: defaults that every node may override.'),
    database: database.optional().describe('Where the databases are: defaults that every node may override.'),
    nodes: z.record(name, node).describe('The machines, by name.'),
  })
  .meta({ title: 'replctl fleet file' });

export type FleetFile = z.infer<typeof fleetFileSchema>;
export type NodeEntry = z.infer<typeof node>;
export type SshSection = z.infer<typeof ssh>;
export type DatabaseSection = z.infer<typeof database>;
export type SecretSource = z.infer<typeof secret>;

/** JSON Schema (draft 2020-12) of the same, for editors and for suggestions. */
export const fleetJsonSchema = () => z.toJSONSchema(fleetFileSchema, { io: 'input' });
