-- create table tenants_fee
CREATE TABLE `tenants_fee` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `tenant` BIGINT NOT NULL,
  `rate_code` VARCHAR(5) COLLATE utf8mb4_0900_bin NULL,
  PRIMARY KEY (`id`),
  KEY `tenants_fee_tenant_rate_code_69e2a395_idx` (`tenant`, `rate_code`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table tenants_line
CREATE TABLE `tenants_line` (
  `tenant` BIGINT NOT NULL,
  `order_number` BIGINT NOT NULL,
  `place` INT NOT NULL,
  `item` VARCHAR(20) COLLATE utf8mb4_0900_bin NOT NULL,
  PRIMARY KEY (`tenant`, `order_number`, `place`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table tenants_mark
CREATE TABLE `tenants_mark` (
  `tenant` BIGINT NOT NULL,
  `id` BIGINT NOT NULL,
  `order_number` BIGINT NOT NULL,
  `line_place` INT NOT NULL,
  PRIMARY KEY (`tenant`, `id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table tenants_memo
CREATE TABLE `tenants_memo` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `tenant` BIGINT NOT NULL,
  `order_number` BIGINT NULL,
  `text` VARCHAR(20) COLLATE utf8mb4_0900_bin NOT NULL,
  PRIMARY KEY (`id`),
  KEY `tenants_memo_tenant_order_number_9ea81c61_idx` (`tenant`, `order_number`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table tenants_order
CREATE TABLE `tenants_order` (
  `tenant` BIGINT NOT NULL,
  `number` BIGINT NOT NULL,
  `title` VARCHAR(20) COLLATE utf8mb4_0900_bin NOT NULL,
  PRIMARY KEY (`tenant`, `number`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table tenants_rate
CREATE TABLE `tenants_rate` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `tenant` BIGINT NOT NULL,
  `code` VARCHAR(5) COLLATE utf8mb4_0900_bin NOT NULL,
  `percent` INT NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `tenants_rate_tenant_code_c45a2a76_uniq` (`tenant`, `code`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table tenants_seal
CREATE TABLE `tenants_seal` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `tenant` BIGINT NOT NULL,
  `order_number` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  KEY `tenants_seal_tenant_order_number_36953619_idx` (`tenant`, `order_number`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

