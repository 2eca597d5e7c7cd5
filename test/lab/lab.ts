import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cleanScript } from './cleaning.ts';
import { must } from './command.ts';
import { cleanOnExit } from './exiting.ts';
import { ensureImages } from './image.ts';
import { makeKey } from './keys.ts';
import { machinesFile, type KnownMachine } from './known-machines.ts';
import type { Machine } from './machine.ts';
import { hiddenLink, makeMachine, type MachineOptions } from './machine-making.ts';
import { addBridge, keepInside } from './network.ts';
import { register, unregisterNow, type LabRecord } from './registry.ts';
import { installMissing, labUnavailable } from './setup.ts';
import { sshConfig } from './ssh-config.ts';

export interface LabOptions {
  /** Tells the labs of one process apart. */
  name: string;
  /** Hears what takes long: packages and images being made. */
  say?: (line: string) => void;
}

/** Makes an empty lab, and first removes the labs of processes that are gone. Throws where `labUnavailable` has a reason. */
export async function createLab({ name, say = () => {} }: LabOptions): Promise<Lab> {
  const reason = labUnavailable();
  if (reason !== undefined) throw new Error(reason);
  await installMissing(say);
  const record = await register(name, join(import.meta.dirname, '..', '..'));
  const forget = cleanOnExit(record);
  try {
    await addBridge(record.id, `${record.network}.1`);
    await addBridge(`${record.id}h`);
    await keepInside(record.hiddenNetwork);
    await makeKey(join(record.directory, 'id_ed25519'));
    await mountMemory(join(record.directory, 'memory'));
    return new Lab({ record, say, forget });
  } catch (error) {
    forget();
    await must(['sh', '-c', cleanScript(record)]);
    unregisterNow(record);
    throw error;
  }
}

interface LabParts {
  record: LabRecord;
  say: (line: string) => void;
  forget: () => void;
}

/** Some machines on a network of their own. */
export class Lab {
  readonly id: string;
  /** Keys, known hosts, `ssh_config`, and the machines' disks; goes with the lab. */
  readonly directory: string;
  /** The private key that root, ops and nosudo of every machine accept. */
  readonly identityFile: string;
  /** Host keys of every machine booted so far. */
  readonly knownHostsFile: string;
  /** For `ssh -F FILE NAME`; through the bastion where there is one. */
  readonly sshConfigFile: string;
  /** The first three numbers of the machines' addresses, and of those behind a bastion. */
  readonly network: string;
  readonly hiddenNetwork: string;
  readonly #parts: LabParts;
  readonly #machines: { machine: Machine; jump: string | undefined }[] = [];
  readonly #names = new Set<string>();

  constructor(parts: LabParts) {
    this.#parts = parts;
    this.id = parts.record.id;
    this.directory = parts.record.directory;
    this.network = parts.record.network;
    this.hiddenNetwork = parts.record.hiddenNetwork;
    this.identityFile = join(this.directory, 'id_ed25519');
    this.knownHostsFile = join(this.directory, 'known_hosts');
    this.sshConfigFile = join(this.directory, 'ssh_config');
  }

  get machines(): readonly Machine[] {
    return this.#machines.map(({ machine }) => machine);
  }

  /** Boots a new machine; returns when sshd answers and its database is up. */
  async boot(options: MachineOptions): Promise<Machine> {
    const { record, say } = this.#parts;
    if (this.#names.has(options.name)) throw new Error(`${options.name} exists already`);
    const number = this.#names.add(options.name).size;
    const images = await ensureImages([options.image ?? 'trixie'], { say });
    const machine = await makeMachine({ ...options, record, number, images });
    this.#machines.push({ machine, jump: options.behind?.name });
    this.#machines.sort((a, b) => numberOf(a.machine) - numberOf(b.machine));
    await this.#describe();
    await options.behind?.plugIn(hiddenLink(record, numberOf(options.behind)));
    await machine.powerOn();
    return machine;
  }

  /** Boots several side by side, in the order given. A machine to be `behind` must run already. */
  async bootAll<const T extends readonly MachineOptions[]>(all: T): Promise<{ -readonly [K in keyof T]: Machine }> {
    await ensureImages(
      all.map(({ image }) => image ?? 'trixie'),
      { say: this.#parts.say },
    );
    const booting = await Promise.allSettled(all.map((options) => this.boot(options)));
    const machines = booting.map((boot) => {
      if (boot.status === 'rejected') throw boot.reason;
      return boot.value;
    });
    return machines as { -readonly [K in keyof T]: Machine };
  }

  /** Removes every machine and everything else this lab made. */
  async destroy(): Promise<void> {
    const { record, forget } = this.#parts;
    await must(['sh', '-c', cleanScript(record)]);
    forget();
    unregisterNow(record);
  }

  /** What other processes read: ssh, and the command line. */
  async #describe(): Promise<void> {
    const { identityFile, knownHostsFile, sshConfigFile } = this;
    const known: KnownMachine[] = this.#machines.map(({ machine: { name, image, address }, jump }) => {
      return { name, image, address, ...(jump === undefined ? {} : { jump }) };
    });
    await replaceFile(machinesFile(this.directory), JSON.stringify(known, null, 2));
    const keys = this.machines.map(({ hostKey }) => `${hostKey}\n`).join('');
    await replaceFile(knownHostsFile, keys);
    await replaceFile(sshConfigFile, sshConfig({ identityFile, knownHostsFile, machines: this.#machines }));
  }
}

/** The last number of a machine's address counts the lab's machines. */
const numberOf = (machine: Machine): number => Number(machine.address.split('.').at(-1)) - 10;

/** For machines whose disk is memory. Outlives them, so that a power cut keeps the disk; empty, it takes none. */
async function mountMemory(directory: string): Promise<void> {
  await mkdir(directory);
  await must(['mount', '-t', 'tmpfs', '-o', 'mode=711', 'tmpfs', directory]);
}

/** Readers, and other machines that boot just now, never see half a file. */
async function replaceFile(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.hrtime.bigint()}`;
  await writeFile(draft, text);
  await rename(draft, file);
}
