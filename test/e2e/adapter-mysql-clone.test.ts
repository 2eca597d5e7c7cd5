import { adapterContract } from '../contract/adapter-contract.ts';
import { describeWithEverything } from './support/extent.ts';
import { mysqlGround } from './support/mysql-ground.ts';

describeWithEverything('the adapter of MySQL, by clone', () => adapterContract(mysqlGround('mysql', 'clone')));
