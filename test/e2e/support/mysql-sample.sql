-- Every kind of object and value that a copy can get wrong, for MySQL and MariaDB alike; what only one of them has is in a file of its own.
SET NAMES utf8mb4;
SET time_zone = '+00:00';
SET SESSION sql_mode = 'NO_ENGINE_SUBSTITUTION';
CREATE DATABASE app CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE DATABASE `latin ünd 'quotes' "too"` CHARACTER SET latin1;
USE app;

CREATE TABLE types (
  id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  t tinyint, s smallint unsigned, m mediumint, i int, b bigint, d decimal(30, 10), f float, dd double, bits bit(12), flag boolean,
  c char(10), v varchar(200), bin binary(8), vb varbinary(300), txt text, mtxt mediumtext, bl blob, lbl longblob,
  dt date, tm time(6), dtm datetime(6), ts timestamp(6) NULL, y year,
  en enum('a', 'b''c', 'd,e', 'ü'), st set('x', 'y', 'z w'),
  js json, pt point, g geometry,
  full_name varchar(100) GENERATED ALWAYS AS (CONCAT(c, '-', v)) VIRTUAL, twice int GENERATED ALWAYS AS (i * 2) STORED,
  KEY by_v (v(20)), UNIQUE KEY by_b (b), KEY by_twice (twice)
) COMMENT = 'with ''quotes'' and ; semicolons';
INSERT INTO types (t, s, m, i, b, d, f, dd, bits, flag, c, v, bin, vb, txt, mtxt, bl, lbl, dt, tm, dtm, ts, y, en, st, js, pt, g) VALUES
  (-128, 65535, -8388608, -2147483648, -9223372036854775808, 12345678901234567890.0123456789, 0.1, 1e-308, b'101010101010', 1, 'char', 'vär''char', 'bin', X'00010203FF5C09', 'tab\tnewline\nback\\slash', REPEAT('m', 70000), X'00FF', REPEAT(X'DEADBEEF0A5C00', 3000),
   '1000-01-01', '-838:59:59.000001', '9999-12-31 23:59:59.999999', '1970-01-01 00:00:01.000001', 1901, 'b''c', 'x,z w', '{"a": [1, 2, {"ü": null}], "s": "quo\\"te"}', ST_GeomFromText('POINT(1 2)'), ST_GeomFromText('POLYGON((0 0,10 0,10 10,0 10,0 0))')),
  (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (1, 2, 3, 4, 5, 6.5, 3.14159274, 3.141592653589793, b'100010', 0, 'NULL', 'NULL', 'NULL', '"NULL"', '"', '"quoted" and "again"', '\\N', '\\', '2024-02-29', '00:00:00', '2024-02-29 12:00:00', '2038-01-19 03:14:07', 2155, '', '', '"NULL"', NULL, NULL),
  (0, 0, 0, 0, 0, 0, 16777216, 1.7976931348623157e308, b'0', NULL, '', '', '', '', '', '', '', '', '0000-00-00', '00:00:00.5', '0000-00-00 00:00:00', NULL, 0, 'ü', 'y', 'null', NULL, ST_GeomFromText('LINESTRING(0 0,1 1,2 2)')),
  (9, 9, 9, 9, 9, 9, 1.17549435e-38, -0.0, b'111111111111', 1, '😀', '日本語 ñ', X'0A0D005C', X'220A', '\r\n', '\0nul', X'5C4E', X'4E554C4C', '2000-01-01', '12:34:56.789', '2000-01-01 00:00:00.000001', '2000-01-01 00:00:00', 2000, 'd,e', 'x,y,z w', '[]', NULL, NULL);

CREATE TABLE parent (id int NOT NULL PRIMARY KEY, name varchar(50) NOT NULL, UNIQUE KEY by_name (name)) ENGINE = InnoDB;
CREATE TABLE child (
  id int NOT NULL AUTO_INCREMENT, parent_id int, other int, note text, PRIMARY KEY (other, id), KEY auto (id), KEY by_parent (parent_id), FULLTEXT KEY words (note), FULLTEXT KEY words2 (note),
  CONSTRAINT `fk with space` FOREIGN KEY (parent_id) REFERENCES parent (id) ON DELETE CASCADE ON UPDATE SET NULL, CONSTRAINT positive CHECK (other >= 0)
) AUTO_INCREMENT = 1000;
INSERT INTO parent VALUES (0, 'zero'), (1, 'one'), (2, 'two');
INSERT INTO child (parent_id, other, note) VALUES (0, 1, 'the quick brown fox'), (1, 2, 'jumps over'), (NULL, 3, 'the lazy dog');

CREATE TABLE keyless (a int, b varchar(20));
INSERT INTO keyless VALUES (1, 'same'), (1, 'same'), (1, 'same'), (NULL, NULL);
CREATE TABLE only_unique (a int NOT NULL, b int, UNIQUE KEY ua (a), UNIQUE KEY ub (b), KEY kb (b, a));
INSERT INTO only_unique VALUES (3, 1), (1, NULL), (2, NULL);
CREATE TABLE empty_one (id int PRIMARY KEY, v int, KEY (v));
CREATE TABLE parts (id int NOT NULL, at date NOT NULL, v varchar(30), PRIMARY KEY (id, at), KEY by_at (at))
  PARTITION BY RANGE (YEAR(at)) (PARTITION p0 VALUES LESS THAN (2020), PARTITION p1 VALUES LESS THAN (2025), PARTITION pmax VALUES LESS THAN MAXVALUE);
INSERT INTO parts VALUES (1, '2019-05-05', 'old'), (2, '2024-05-05', 'mid'), (3, '2030-05-05', 'new');
CREATE TABLE `odd ``name`` with 'quotes', "more" and ü` (`a column ``x``` int PRIMARY KEY, `select` varchar(20), `ключ` int, KEY `key ``y``` (`select`), KEY `ключ2` (`ключ`));
INSERT INTO `odd ``name`` with 'quotes', "more" and ü` VALUES (1, 'one', 1), (2, 'two', 2);
CREATE TABLE latin (id int PRIMARY KEY, v varchar(50), u varchar(50) CHARACTER SET utf8mb4, w varchar(20) CHARACTER SET utf16) CHARACTER SET latin1;
INSERT INTO latin VALUES (1, 'Müller', 'Müller 😀', 'wïde'), (2, _latin1 X'E4F6FC22', '"', 'NULL');
CREATE TABLE invisible_col (id int PRIMARY KEY, v int INVISIBLE DEFAULT 7, w int);
INSERT INTO invisible_col (id, v, w) VALUES (1, 8, 1), (2, DEFAULT, 2);
CREATE TABLE log (id int AUTO_INCREMENT PRIMARY KEY, what varchar(100), at datetime(3) DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3));

USE `latin ünd 'quotes' "too"`;
CREATE TABLE `t` (id int PRIMARY KEY, v varchar(10));
INSERT INTO t VALUES (1, 'äöü');
USE app;

CREATE FUNCTION twice(n int) RETURNS int DETERMINISTIC RETURN n * 2;
DELIMITER //
CREATE PROCEDURE add_log(IN what_ varchar(100)) MODIFIES SQL DATA COMMENT 'a ''comment'''
BEGIN
  -- a comment; with a semicolon
  IF what_ IS NOT NULL THEN INSERT INTO log (what) VALUES (what_); END IF;
END//
CREATE TRIGGER parent_added AFTER INSERT ON parent FOR EACH ROW
BEGIN
  INSERT INTO log (what) VALUES (CONCAT('parent ', NEW.name));
END//
CREATE TRIGGER parent_changed BEFORE UPDATE ON parent FOR EACH ROW SET NEW.name = TRIM(NEW.name)//
DELIMITER ;
SET SESSION sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT';
CREATE FUNCTION "in ansi mode"(s varchar(20)) RETURNS varchar(40) DETERMINISTIC RETURN s || "s";
SET SESSION sql_mode = 'NO_ENGINE_SUBSTITUTION';
CREATE VIEW `a view` AS SELECT id, name, twice(id) AS double_id FROM parent;
CREATE VIEW above AS SELECT * FROM `a view` WHERE double_id > 0 WITH CHECK OPTION;
CREATE ALGORITHM = TEMPTABLE SQL SECURITY INVOKER VIEW `latin ünd 'quotes' "too"`.v AS SELECT t.v, p.name FROM `latin ünd 'quotes' "too"`.t JOIN app.parent p ON p.id = t.id;
CREATE EVENT cleaning ON SCHEDULE EVERY 1 DAY COMMENT 'nightly' DO DELETE FROM app.log WHERE at < NOW() - INTERVAL 1 YEAR;
CREATE EVENT every_second ON SCHEDULE EVERY 1 SECOND DO INSERT INTO app.log (what) VALUES ('event');
CREATE EVENT disabled_one ON SCHEDULE EVERY 1 HOUR DISABLE DO DO 1;

CREATE ROLE reader;
GRANT SELECT ON app.* TO reader;
CREATE USER 'app user'@'%' IDENTIFIED BY 'se''cret 1A!';
GRANT INSERT, UPDATE (name) ON app.parent TO 'app user'@'%';
GRANT EXECUTE ON PROCEDURE app.add_log TO 'app user'@'%';
GRANT reader TO 'app user'@'%';
CREATE USER 'löcked'@'10.0.0.0/255.0.0.0' IDENTIFIED BY 'se''cret 2A!' ACCOUNT LOCK;
GRANT ALL PRIVILEGES ON `latin ünd 'quotes' "too"`.* TO 'löcked'@'10.0.0.0/255.0.0.0' WITH GRANT OPTION;
