import { resolve } from 'node:path';
import type { Fleet } from './fleet.ts';
import { fleetInvalid, type Complaint } from './problem.ts';
import { readFleetSource, type FleetSurroundings } from './source.ts';

/** Finds, reads and checks the fleet file. Throws FLEET_INVALID with everything that is wrong, each with line and column. */
export const loadFleet = async (surroundings: FleetSurroundings): Promise<Fleet> => {
  const source = await readFleetSource(surroundings);
  // zod and yaml cost 70 ms to load, which `--help` and `--version` need not pay.
  const [{ parseFleetDocument }, { checkShape }, { checkTopology }, { checkCommands }, { fleetOf }] = await Promise.all(
    [
      import('./document.ts'),
      import('./shape.ts'),
      import('./topology.ts'),
      import('./commands.ts'),
      import('./merge.ts'),
    ],
  );
  const document = parseFleetDocument(source.text);
  if ('problems' in document) throw fleetInvalid(source.label, document.problems);
  const refused = (complaints: readonly Complaint[]) =>
    fleetInvalid(
      source.label,
      complaints.map((complaint) => document.locate(complaint)),
    );
  const shape = checkShape(document.value);
  if ('complaints' in shape) throw refused(shape.complaints);
  const complaints = [...checkTopology(shape.file), ...checkCommands(shape.file, source.untrusted)];
  if (complaints.length > 0) throw refused(complaints);
  return fleetOf(shape.file, {
    label: source.label,
    environment: surroundings.environment,
    resolvePath: (path) => resolve(source.directory, path.replace(/^~(?=\/|$)/, surroundings.home)),
  });
};
