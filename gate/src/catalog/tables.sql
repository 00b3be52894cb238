CREATE DATABASE IF NOT EXISTS gate_catalog CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
--;
CREATE TABLE IF NOT EXISTS gate_catalog.version (id INT PRIMARY KEY, v BIGINT UNSIGNED NOT NULL)
--;
CREATE TABLE IF NOT EXISTS gate_catalog.counters (uid VARCHAR(40) PRIMARY KEY, next BIGINT UNSIGNED NOT NULL)
--;
CREATE TABLE IF NOT EXISTS gate_catalog.numbers (n INT PRIMARY KEY)
--;
INSERT IGNORE INTO gate_catalog.numbers (n) VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12), (13), (14), (15), (16), (17), (18), (19), (20), (21), (22), (23), (24), (25), (26), (27), (28), (29), (30), (31), (32)
