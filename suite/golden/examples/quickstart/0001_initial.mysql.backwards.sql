-- drop table quickstart_article_tags with its rows
DROP TABLE `quickstart_article_tags`;

-- drop table quickstart_article with its rows
DROP TABLE `quickstart_article`;

-- drop table quickstart_tag with its rows
DROP TABLE `quickstart_tag`;

-- drop table quickstart_author with its rows
DROP TABLE `quickstart_author`;

