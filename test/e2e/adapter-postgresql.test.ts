import { adapterContract } from '../contract/adapter-contract.ts';
import { describeInLab } from './support/in-lab.ts';
import { postgresqlGround } from './support/postgresql-ground.ts';

describeInLab('the adapter of PostgreSQL', () => adapterContract(postgresqlGround));
