-- rows
INSERT INTO "author" ("id", "name") VALUES (?, ?), (?, ?);

-- every kind of value
INSERT INTO "article" ("id", "author_id", "title", "price", "published_at", "meta", "uid", "active") VALUES (?, ?, ?, ?, ?, ?, ?, ?);

-- leave taken keys
INSERT INTO "author" ("id", "name") VALUES (?, ?), (?, ?) ON CONFLICT DO NOTHING;

-- update taken keys
INSERT INTO "author" ("id", "name") VALUES (?, ?), (?, ?) ON CONFLICT ("id") DO UPDATE SET "name" = excluded."name", "books" = "author"."books" + excluded."id", "rating" = ?;

-- update any taken key
INSERT INTO "author" ("id", "name") VALUES (?, ?), (?, ?) ON CONFLICT DO UPDATE SET "name" = excluded."name", "books" = "author"."books" + excluded."id", "rating" = ?;

-- hand back
INSERT INTO "author" ("id", "name") VALUES (?, ?), (?, ?) ON CONFLICT ("id") DO UPDATE SET "name" = excluded."name", "books" = "author"."books" + excluded."id", "rating" = ? RETURNING "id", "name";

-- a row of defaults
INSERT INTO "every_type" DEFAULT VALUES;

-- a row of defaults that gives way
-- sqlite does not support a row of defaults that gives way to one in place: give the columns of the key

