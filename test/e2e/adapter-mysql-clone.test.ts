import { adapterContract } from '../contract/adapter-contract.ts';
import { describeInLab } from './support/in-lab.ts';
import { mysqlGround } from './support/mysql-ground.ts';

describeInLab('the adapter of MySQL, by clone', () => adapterContract(mysqlGround('mysql', 'clone')));
