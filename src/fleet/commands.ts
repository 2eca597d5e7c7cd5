import type { Complaint, FleetPath } from './problem.ts';
import type { DatabaseSection, FleetFile } from './schema.ts';

const commandIn = (path: FleetPath, database: DatabaseSection | undefined): readonly FleetPath[] =>
  database?.adminPassword && 'command' in database.adminPassword
    ? [[...path, 'database', 'adminPassword', 'command']]
    : [];

/** A `{command}` runs with the rights of whoever runs replctl: it is refused where someone else could have written it. */
export const checkCommands = (file: FleetFile, untrusted: string | undefined): readonly Complaint[] => {
  if (untrusted === undefined) return [];
  const places = [
    ...commandIn([], file.database),
    ...Object.entries(file.nodes).flatMap(([name, node]) => commandIn(['nodes', name], node.database)),
  ];
  return places.map((path) => ({
    path,
    at: 'key',
    message: `a command is not run from this file, because ${untrusted}: own it, and chmod go-w it`,
  }));
};
