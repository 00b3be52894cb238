-- lower
SELECT LOWER(t0."title") AS "c0" FROM "article" AS t0;

-- upper
SELECT UPPER(t0."title") AS "c0" FROM "article" AS t0;

-- length
SELECT LENGTH(t0."title") AS "c0" FROM "article" AS t0;

-- abs
SELECT ABS(t0."views") AS "c0" FROM "article" AS t0;

-- coalesce
SELECT COALESCE(t0."editor_id", ?) AS "c0" FROM "article" AS t0;

-- coalesce of one
SELECT (t0."editor_id") AS "c0" FROM "article" AS t0;

-- concat
SELECT (COALESCE(t0."title", '') || COALESCE(?, '') || COALESCE(t0."body", '')) AS "c0" FROM "article" AS t0;

-- concat of none
SELECT '' AS "c0" FROM "article" AS t0;

-- decimal sum, difference and product
SELECT (orm_decimal('(a+b)*(c-d)', t0."price", ?, t0."price", t0."price") COLLATE orm_decimal) AS "c0" FROM "article" AS t0;

-- fits an integer
SELECT orm_fit_int(t0."views", 'views', -8, 7) AS "c0" FROM "article" AS t0;

-- fits a float
SELECT orm_fit_double(t0."views", 'views') AS "c0" FROM "article" AS t0;

-- fits a text
SELECT orm_fit_text(t0."title", 'title', 5) AS "c0" FROM "article" AS t0;

-- fits bytes
SELECT orm_fit_bytes(t0."title", 'title', 5) AS "c0" FROM "article" AS t0;

-- fits a decimal
SELECT orm_fit_decimal(t0."price", 'price', 6, 2) AS "c0" FROM "article" AS t0;

-- date
SELECT SUBSTR(t0."published_at", 1, 10) AS "c0" FROM "article" AS t0;

-- now
SELECT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000') AS "c0" FROM "article" AS t0;

-- year
SELECT CAST(strftime('%Y', SUBSTR(t0."published_at", 1, 19)) AS INTEGER) AS "c0" FROM "article" AS t0;

-- month
SELECT CAST(strftime('%m', SUBSTR(t0."published_at", 1, 19)) AS INTEGER) AS "c0" FROM "article" AS t0;

-- day
SELECT CAST(strftime('%d', SUBSTR(t0."published_at", 1, 19)) AS INTEGER) AS "c0" FROM "article" AS t0;

-- hour
SELECT CAST(strftime('%H', SUBSTR(t0."published_at", 1, 19)) AS INTEGER) AS "c0" FROM "article" AS t0;

-- minute
SELECT CAST(strftime('%M', SUBSTR(t0."published_at", 1, 19)) AS INTEGER) AS "c0" FROM "article" AS t0;

-- second
SELECT CAST(strftime('%S', SUBSTR(t0."published_at", 1, 19)) AS INTEGER) AS "c0" FROM "article" AS t0;

-- day of the week
SELECT (CAST(strftime('%w', SUBSTR(t0."published_at", 1, 19)) AS INTEGER) + 1) AS "c0" FROM "article" AS t0;

-- quarter
SELECT ((CAST(strftime('%m', SUBSTR(t0."published_at", 1, 19)) AS INTEGER) + 2) / 3) AS "c0" FROM "article" AS t0;

