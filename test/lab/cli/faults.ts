import type { Lab } from '../lab.ts';
import type { Machine } from '../machine.ts';

export interface Fault {
  name: string;
  usage: string;
  /** How many words follow the machine's name. */
  words: number;
  act: (machine: Machine, word: string, lab: Lab) => Promise<void>;
}

function other(lab: Lab, name: string): Machine {
  const machine = lab.machines.find((candidate) => candidate.name === name);
  if (machine === undefined) throw new Error(`no machine ${name}`);
  return machine;
}

/** What can be done to a running machine by hand. */
export const faults: readonly Fault[] = [
  {
    name: 'cut',
    usage: 'cut NAME                           pull its network cable',
    words: 0,
    act: (machine) => machine.cut(),
  },
  {
    name: 'mend',
    usage: 'mend NAME                          and put it back',
    words: 0,
    act: (machine) => machine.mend(),
  },
  {
    name: 'cut-from',
    usage: 'cut-from NAME OTHER                the two no longer reach each other; this box reaches both',
    words: 1,
    act: (machine, name, lab) => machine.cutFrom(other(lab, name)),
  },
  {
    name: 'mend-from',
    usage: 'mend-from NAME OTHER               and again they do',
    words: 1,
    act: (machine, name, lab) => machine.mendFrom(other(lab, name)),
  },
  {
    name: 'slow',
    usage: 'slow NAME RATE                     limit its network, each way: 50mbit',
    words: 1,
    act: (machine, rate) => machine.slow(rate),
  },
  {
    name: 'fast',
    usage: 'fast NAME                          no limit any more',
    words: 0,
    act: (machine) => machine.fast(),
  },
  {
    name: 'power-cut',
    usage: 'power-cut NAME                     pull its plug; the disk stays',
    words: 0,
    act: (machine) => machine.powerCut(),
  },
  {
    name: 'power-on',
    usage: 'power-on NAME                      boot it again',
    words: 0,
    act: (machine) => machine.powerOn(),
  },
];
