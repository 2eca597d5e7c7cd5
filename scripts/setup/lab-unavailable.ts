// Prints why the lab cannot run here; nothing where it can.
import { labUnavailable } from '../../test/lab/setup.ts';

console.log(labUnavailable() ?? '');
