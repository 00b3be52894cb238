-- lower
SELECT LOWER(t0.`title`) AS `c0` FROM `article` AS t0;

-- upper
SELECT UPPER(t0.`title`) AS `c0` FROM `article` AS t0;

-- length
SELECT CHAR_LENGTH(t0.`title`) AS `c0` FROM `article` AS t0;

-- abs
SELECT ABS(t0.`views`) AS `c0` FROM `article` AS t0;

-- coalesce
SELECT COALESCE(t0.`editor_id`, ?) AS `c0` FROM `article` AS t0;

-- coalesce of one
SELECT COALESCE(t0.`editor_id`) AS `c0` FROM `article` AS t0;

-- concat
SELECT CONCAT(COALESCE(t0.`title`, ''), COALESCE(?, ''), COALESCE(t0.`body`, '')) AS `c0` FROM `article` AS t0;

-- concat of none
SELECT '' AS `c0` FROM `article` AS t0;

-- decimal sum, difference and product
SELECT ((t0.`price` + ?) * (t0.`price` - t0.`price`)) AS `c0` FROM `article` AS t0;

-- fits an integer
SELECT t0.`views` AS `c0` FROM `article` AS t0;

-- fits a float
SELECT t0.`views` AS `c0` FROM `article` AS t0;

-- fits a text
SELECT t0.`title` AS `c0` FROM `article` AS t0;

-- fits bytes
SELECT t0.`title` AS `c0` FROM `article` AS t0;

-- fits a decimal
SELECT t0.`price` AS `c0` FROM `article` AS t0;

-- date
SELECT DATE(t0.`published_at`) AS `c0` FROM `article` AS t0;

-- now
SELECT UTC_TIMESTAMP(6) AS `c0` FROM `article` AS t0;

-- year
SELECT EXTRACT(YEAR FROM t0.`published_at`) AS `c0` FROM `article` AS t0;

-- month
SELECT EXTRACT(MONTH FROM t0.`published_at`) AS `c0` FROM `article` AS t0;

-- day
SELECT EXTRACT(DAY FROM t0.`published_at`) AS `c0` FROM `article` AS t0;

-- hour
SELECT EXTRACT(HOUR FROM t0.`published_at`) AS `c0` FROM `article` AS t0;

-- minute
SELECT EXTRACT(MINUTE FROM t0.`published_at`) AS `c0` FROM `article` AS t0;

-- second
SELECT EXTRACT(SECOND FROM t0.`published_at`) AS `c0` FROM `article` AS t0;

-- day of the week
SELECT DAYOFWEEK(t0.`published_at`) AS `c0` FROM `article` AS t0;

-- quarter
SELECT EXTRACT(QUARTER FROM t0.`published_at`) AS `c0` FROM `article` AS t0;

