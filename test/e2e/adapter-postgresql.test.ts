import { adapterContract } from '../contract/adapter-contract.ts';
import { describeWithEverything } from './support/extent.ts';
import { postgresqlGround } from './support/postgresql-ground.ts';

describeWithEverything('the adapter of PostgreSQL', () => adapterContract(postgresqlGround));
