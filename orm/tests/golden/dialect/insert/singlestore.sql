-- rows
INSERT INTO `author` (`id`, `name`) VALUES (?, ?), (?, ?);

-- every kind of value
INSERT INTO `article` (`id`, `author_id`, `title`, `price`, `published_at`, `meta`, `uid`, `active`) VALUES (?, ?, ?, ?, ?, ?, ?, ?);

-- leave taken keys
INSERT IGNORE INTO `author` (`id`, `name`) VALUES (?, ?), (?, ?);

-- update taken keys
INSERT INTO `author` (`id`, `name`) VALUES (?, ?), (?, ?) ON DUPLICATE KEY UPDATE `name` = VALUES(`name`), `books` = `author`.`books` + VALUES(`id`), `rating` = ?;

-- update any taken key
INSERT INTO `author` (`id`, `name`) VALUES (?, ?), (?, ?) ON DUPLICATE KEY UPDATE `name` = VALUES(`name`), `books` = `author`.`books` + VALUES(`id`), `rating` = ?;

-- hand back
-- singlestore does not support RETURNING: test the feature `returning`, and read the row back by its key

-- a row of defaults
INSERT INTO `every_type` () VALUES ();

-- a row of defaults that gives way
-- singlestore does not support a row of defaults that gives way to one in place: give the columns of the key

