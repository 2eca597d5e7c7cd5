import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, closeSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bootScript, type BootPlan } from './boot-script.ts';
import { command, CommandFailed, type CommandOptions, type CommandResult } from './command.ts';
import { addSmallDisk } from './disk.ts';
import { cutLink, fastLink, mendLink, plugIn, slowLink, unplug, type Link } from './link.ts';
import { muffle, unmuffle } from './neighbours.ts';
import { Mysql } from './mysql.ts';
import { Postgres } from './postgres.ts';
import { leaderOf, waitUntilBooted } from './waiting.ts';
import type { ImageName } from './recipes.ts';

export interface RunOptions extends Omit<CommandOptions, 'env'> {
  /** An OS user of the machine; root by default. */
  user?: string;
}

/** One booted Debian: systemd, sshd, the distribution's packages. */
export class Machine {
  readonly name: string;
  readonly image: ImageName;
  /** Its IPv4 address; for a machine behind a bastion only the bastion can reach it. */
  readonly address: string;
  /** The machine's line for a known_hosts file. */
  readonly hostKey: string;
  readonly #postgres: Postgres | undefined;
  readonly #mysql: Mysql | undefined;
  #plan: BootPlan;
  #booted: ChildProcess | undefined;
  #isCut = false;
  #rate: string | undefined;

  constructor(plan: BootPlan, image: ImageName, hostKey: string) {
    const [first] = plan.links;
    if (first === undefined) throw new Error(`${plan.name} has no link`);
    this.#plan = plan;
    this.name = plan.name;
    this.image = image;
    this.address = first.address;
    this.hostKey = `${first.address} ${hostKey}`;
    const { postgresql, mysql } = plan.recipe;
    this.#postgres = postgresql === undefined ? undefined : new Postgres(this, postgresql);
    this.#mysql = mysql === undefined ? undefined : new Mysql(this, mysql, plan.dataDirectory);
  }

  /** Its cluster `main`. Throws on a machine whose image has no server. */
  get postgres(): Postgres {
    if (this.#postgres === undefined) throw new Error(`${this.name} has no PostgreSQL: its image is ${this.image}`);
    return this.#postgres;
  }

  /** Its MySQL or MariaDB. Throws on a machine whose image has neither. */
  get mysql(): Mysql {
    if (this.#mysql === undefined) throw new Error(`${this.name} has no MySQL or MariaDB: its image is ${this.image}`);
    return this.#mysql;
  }

  /** As a fleet file calls it; undefined on a machine without a server. */
  get engine(): 'postgresql' | 'mysql' | 'mariadb' | undefined {
    return this.#mysql?.flavour ?? (this.#postgres === undefined ? undefined : 'postgresql');
  }

  get links(): readonly Link[] {
    return this.#plan.links;
  }

  get isOn(): boolean {
    return this.#booted !== undefined;
  }

  /** The process of this box that is the machine's systemd. */
  get leader(): number {
    const pid = this.#booted?.pid === undefined ? undefined : leaderOf(this.#booted.pid);
    if (pid === undefined) throw new Error(`${this.name} is off`);
    return pid;
  }

  /** What the machine said while it booted. */
  get console(): string {
    return readFileSync(join(this.#plan.directory, 'console'), 'utf8');
  }

  /** Runs an argv, or a script for `bash -e`, inside: not over the network, so it works on a machine that is cut off. */
  async run(what: string | readonly string[], options: RunOptions = {}): Promise<CommandResult> {
    const { user = 'root', ...rest } = options;
    const argv = typeof what === 'string' ? ['bash', '-ec', what] : what;
    const enter = ['nsenter', '--target', String(this.leader), '--all', '--'];
    const become = ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--init-groups', '--reset-env', '--'];
    return command([...enter, ...become, ...argv], { timeoutSeconds: 300, ...rest });
  }

  /** As `run`, but a non-zero exit throws with all output; returns stdout. */
  async ok(what: string | readonly string[], options: RunOptions = {}): Promise<string> {
    const result = await this.run(what, options);
    if (result.exitCode !== 0) {
      throw new CommandFailed([`${this.name}:`, ...(typeof what === 'string' ? [what] : what)], result);
    }
    return result.stdout;
  }

  /** Boots, on the disk it had; returns when sshd and every other unit is up. */
  async powerOn(): Promise<void> {
    if (this.isOn) return;
    const script = join(this.#plan.directory, 'boot.sh');
    await writeFile(script, bootScript(this.#plan));
    const log = openSync(join(this.#plan.directory, 'console'), 'a');
    // Should this process be killed, its machines go with it.
    const dying = ['--pdeathsig', 'KILL', '--', 'unshare', '--mount', '--net', 'sh', script];
    const booted = spawn('setpriv', dying, { stdio: ['ignore', log, log], detached: true });
    closeSync(log);
    this.#booted = booted;
    booted.once('exit', () => {
      if (this.#booted === booted) this.#booted = undefined;
    });
    await once(booted, 'spawn');
    await waitUntilBooted(this);
    if (this.#isCut) await this.cut();
    if (this.#rate !== undefined) await this.slow(this.#rate);
  }

  /** The plug is pulled: nobody on the network hears of it, nothing more is written, the disk stays. */
  async powerCut(): Promise<void> {
    const booted = this.#booted;
    if (booted === undefined) return;
    const gone = once(booted, 'exit');
    // First the links: a killed process's kernel would say goodbye to its peers.
    await Promise.all(this.#plan.links.map(cutLink));
    process.kill(this.leader, 'SIGKILL');
    await gone;
    await Promise.all(this.#plan.links.map(unplug));
  }

  /** An orderly shutdown. */
  async powerOff(): Promise<void> {
    const booted = this.#booted;
    if (booted === undefined) return;
    const gone = once(booted, 'exit');
    await this.run(['systemctl', 'poweroff']);
    await gone;
    await Promise.all(this.#plan.links.map(unplug));
  }

  /** Cuts the machine off from everyone; holds over a power cut, as `slow` does. */
  async cut(): Promise<void> {
    this.#isCut = true;
    if (this.isOn) await Promise.all(this.#plan.links.map(cutLink));
  }

  async mend(): Promise<void> {
    this.#isCut = false;
    if (this.isOn) await Promise.all(this.#plan.links.map(mendLink));
  }

  /** Cuts the way between two machines only; this box still reaches both. */
  async cutFrom(other: Machine): Promise<void> {
    await Promise.all([muffle(this, other), muffle(other, this)]);
  }

  async mendFrom(other: Machine): Promise<void> {
    await Promise.all([unmuffle(this, other), unmuffle(other, this)]);
  }

  /** Limits each direction to a rate as `tc` writes it: `200mbit`. */
  async slow(rate: string): Promise<void> {
    this.#rate = rate;
    if (this.isOn) await Promise.all(this.#plan.links.map((link) => slowLink(link, this.leader, rate)));
  }

  async fast(): Promise<void> {
    this.#rate = undefined;
    if (this.isOn) await Promise.all(this.#plan.links.map((link) => fastLink(link, this.leader)));
  }

  /** Mounts an empty ext4 of that size over `path`, for good; owner and mode are those of what it covers. */
  async smallDisk(path: string, megabytes: number): Promise<void> {
    const disk = await addSmallDisk(this, { path, megabytes, directory: join(this.#plan.directory, 'disks') });
    this.#plan = { ...this.#plan, disks: [...this.#plan.disks, disk] };
  }

  /** Gives a running machine one more link. */
  async plugIn(link: Link): Promise<void> {
    if (this.#plan.links.some(({ port }) => port === link.port)) return;
    this.#plan = { ...this.#plan, links: [...this.#plan.links, link] };
    const lines = plugIn(link, process.pid).join('\n');
    const result = await command(['nsenter', '--net', '--target', String(this.leader), 'sh', '-ec', lines]);
    if (result.exitCode !== 0) throw new CommandFailed(['plug in', link.port], result);
  }
}
