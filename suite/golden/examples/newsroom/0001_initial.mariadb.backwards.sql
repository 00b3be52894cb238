-- drop table newsroom_article with its rows
DROP TABLE `newsroom_article`;

