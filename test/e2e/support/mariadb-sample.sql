-- What MariaDB alone has.
SET NAMES utf8mb4;
USE app;
CREATE SEQUENCE numbers START WITH 100 INCREMENT BY 7 CACHE 10;
SELECT NEXTVAL(numbers), NEXTVAL(numbers);
CREATE SEQUENCE `cycling one` MINVALUE 1 MAXVALUE 3 CYCLE NOCACHE;
SELECT NEXTVAL(`cycling one`), NEXTVAL(`cycling one`), NEXTVAL(`cycling one`), NEXTVAL(`cycling one`);
CREATE TABLE from_sequence (id bigint DEFAULT NEXTVAL(numbers) PRIMARY KEY, u uuid, ip inet6);
INSERT INTO from_sequence (u, ip) VALUES (UUID(), '::1'), (NULL, NULL), ('123e4567-e89b-12d3-a456-426655440000', '2001:db8::ff00:42:8329');
CREATE TABLE versioned (id int PRIMARY KEY, v varchar(20)) WITH SYSTEM VERSIONING;
INSERT INTO versioned VALUES (1, 'first'), (2, 'second');
UPDATE versioned SET v = 'changed' WHERE id = 1;
DELETE FROM versioned WHERE id = 2;
CREATE TABLE `own period` (id int PRIMARY KEY, v varchar(20), `be'gan` timestamp(6) GENERATED ALWAYS AS ROW START, ended timestamp(6) GENERATED ALWAYS AS ROW END INVISIBLE, PERIOD FOR SYSTEM_TIME (`be'gan`, ended)) WITH SYSTEM VERSIONING PARTITION BY SYSTEM_TIME LIMIT 100 (PARTITION p0 HISTORY, PARTITION pn CURRENT);
INSERT INTO `own period` (id, v) VALUES (1, 'first'), (2, 'second');
UPDATE `own period` SET v = 'changed' WHERE id = 1;
DELETE FROM `own period` WHERE id = 2;
CREATE TABLE aria_table (id int PRIMARY KEY, v varchar(20), KEY (v)) ENGINE = Aria;
INSERT INTO aria_table VALUES (1, 'one'), (2, 'two');
SET SESSION sql_mode = 'ORACLE';
DELIMITER //
CREATE OR REPLACE PACKAGE app.pack AS FUNCTION f RETURN int; END//
CREATE OR REPLACE PACKAGE BODY app.pack AS FUNCTION f RETURN int AS BEGIN RETURN 42; END; END//
DELIMITER ;
