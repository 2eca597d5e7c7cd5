import { readFile } from 'node:fs/promises';
import type { BaseAgent, ParsedKey, PublicKeyAuthMethod, AgentAuthMethod } from 'ssh2';
import type { Hop } from './route.ts';

export interface Identities {
  /** In the order in which they are offered. */
  readonly methods: readonly (PublicKeyAuthMethod | AgentAuthMethod)[];
  /** Key files with a passphrase: theirs can only be offered by an agent. */
  readonly locked: readonly string[];
  /** Why the agent gave no keys. */
  readonly agentFailure?: string | undefined;
}

const readIfThere = async (file: string): Promise<Buffer | undefined> => readFile(file).catch(() => undefined);

/** The public half of an OpenSSH key file, which is readable without the passphrase. */
const publicBlob = (keyFile: Buffer): string | undefined => {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]+)-----END/.exec(keyFile.toString('latin1'))?.[1];
  if (body === undefined) return undefined;
  const bytes = Buffer.from(body, 'base64');
  let at = 'openssh-key-v1\0'.length;
  const take = () => {
    const length = bytes.readUInt32BE(at);
    at += 4 + length;
    return bytes.subarray(at - length, at);
  };
  try {
    // Cipher, key derivation, its options; then the number of keys and the first one.
    take();
    take();
    take();
    at += 4;
    return take().toString('base64');
  } catch {
    return undefined;
  }
};

interface KeyFile {
  readonly file: string;
  readonly key?: ParsedKey | undefined;
  readonly blob?: string | undefined;
}

/** What to offer to a server: the agent's keys that are configured, the configured files, then the agent's others, as OpenSSH does. */
export const collectIdentities = async (ssh2: typeof import('ssh2'), hop: Hop): Promise<Identities> => {
  const load = async (file: string): Promise<KeyFile | undefined> => {
    const content = await readIfThere(file);
    if (content === undefined) return undefined;
    const parsed = ssh2.utils.parseKey(content);
    if (!(parsed instanceof Error)) return { file, key: parsed, blob: parsed.getPublicSSH().toString('base64') };
    const beside = (await readIfThere(`${file}.pub`))?.toString().split(' ')[1];
    return { file, blob: publicBlob(content) ?? beside };
  };
  const files = (await Promise.all(hop.identityFiles.map(load))).filter((file) => file !== undefined);
  const configured = new Set(files.flatMap(({ blob }) => blob ?? []));

  let agentFailure: string | undefined;
  const agent = hop.agent === undefined ? undefined : ssh2.createAgent(hop.agent);
  const held = await new Promise<ParsedKey[]>((resolve) => {
    if (!agent) {
      resolve([]);
      return;
    }
    agent.getIdentities((error, keys) => {
      if (error) agentFailure = error.message;
      resolve((keys ?? []) as ParsedKey[]);
    });
  });
  const blobOf = (key: ParsedKey) => key.getPublicSSH().toString('base64');
  const heldBlobs = new Set(held.map(blobOf));

  /** The agent with only some of its keys. */
  const offering = (keys: ParsedKey[]): AgentAuthMethod[] => {
    if (!agent || keys.length === 0) return [];
    const narrowed: BaseAgent = Object.create(agent) as BaseAgent;
    narrowed.getIdentities = (done) => done(undefined, keys);
    return [{ type: 'agent', username: hop.user, agent: narrowed }];
  };
  const fromFiles = files.flatMap(({ key, blob }): PublicKeyAuthMethod[] =>
    key === undefined || (blob !== undefined && heldBlobs.has(blob))
      ? []
      : [{ type: 'publickey', username: hop.user, key }],
  );
  const others = hop.identitiesOnly ? [] : held.filter((key) => !configured.has(blobOf(key)));
  return {
    methods: [...offering(held.filter((key) => configured.has(blobOf(key)))), ...fromFiles, ...offering(others)],
    locked: files.flatMap(({ file, key, blob }) =>
      key === undefined && (blob === undefined || !heldBlobs.has(blob)) ? [file] : [],
    ),
    agentFailure,
  };
};
