SELECT S.TABLE_CATALOG, S.TABLE_SCHEMA, S.TABLE_NAME,
  IF(gate_catalog.note(S.INDEX_COMMENT, 'is') = 'unenforced', 1, S.NON_UNIQUE) AS NON_UNIQUE,
  S.INDEX_SCHEMA, S.INDEX_NAME, S.SEQ_IN_INDEX, S.COLUMN_NAME, S.COLLATION, NULL AS CARDINALITY, NULL AS SUB_PART,
  NULL AS PACKED, S.NULLABLE,
  CASE
    WHEN S.INDEX_TYPE = 'FULLTEXT' THEN 'FULLTEXT'
    WHEN gate_catalog.note(S.INDEX_COMMENT, 'is') = 'vector' THEN 'VECTOR'
    WHEN gate_catalog.note(S.INDEX_COMMENT, 'is') = 'multivalue' THEN 'MULTI VALUE'
    WHEN LOCATE(CONCAT(CHAR(1), 'kind=rowstore'), T.TABLE_COMMENT) > 0 THEN COALESCE(gate_catalog.note(S.INDEX_COMMENT, 'using'), 'BTREE')
    ELSE 'COLUMNSTORE HASH' END AS INDEX_TYPE,
  '' AS COMMENT, gate_catalog.shown_comment(S.INDEX_COMMENT) AS INDEX_COMMENT
FROM information_schema.STATISTICS S
JOIN information_schema.TABLES T ON T.TABLE_SCHEMA = S.TABLE_SCHEMA AND T.TABLE_NAME = S.TABLE_NAME
WHERE S.TABLE_SCHEMA NOT IN ('gate_catalog', 'mysql', 'performance_schema', 'sys') /*scope S*/ /*scope T*/
UNION ALL
SELECT T.TABLE_CATALOG, T.TABLE_SCHEMA, T.TABLE_NAME, 1, T.TABLE_SCHEMA,
  COALESCE(gate_catalog.note(T.TABLE_COMMENT, 'shardname'), IF(gate_catalog.note(T.TABLE_COMMENT, 'shard') = '', '__SHARDKEY', 'PRIMARY')),
  N.n, gate_catalog.part(gate_catalog.note(T.TABLE_COMMENT, 'shard'), N.n), NULL, NULL, NULL, NULL, '', 'SHARD', '', ''
FROM information_schema.TABLES T
JOIN gate_catalog.numbers N ON N.n <= 1 + CHAR_LENGTH(gate_catalog.note(T.TABLE_COMMENT, 'shard')) - CHAR_LENGTH(REPLACE(gate_catalog.note(T.TABLE_COMMENT, 'shard'), ',', ''))
WHERE T.TABLE_SCHEMA NOT IN ('gate_catalog', 'mysql', 'performance_schema', 'sys') /*scope T*/ AND gate_catalog.note(T.TABLE_COMMENT, 'shard') <> ''
UNION ALL
SELECT T.TABLE_CATALOG, T.TABLE_SCHEMA, T.TABLE_NAME, 1, T.TABLE_SCHEMA,
  COALESCE(gate_catalog.note(T.TABLE_COMMENT, 'sortname'), '__UNORDERED'),
  N.n, SUBSTRING(gate_catalog.part(gate_catalog.note(T.TABLE_COMMENT, 'sort'), N.n), 2), NULL, NULL, NULL, NULL, '', 'CLUSTERED COLUMNSTORE', '', ''
FROM information_schema.TABLES T
JOIN gate_catalog.numbers N ON N.n <= 1 + CHAR_LENGTH(gate_catalog.note(T.TABLE_COMMENT, 'sort')) - CHAR_LENGTH(REPLACE(gate_catalog.note(T.TABLE_COMMENT, 'sort'), ',', ''))
WHERE T.TABLE_SCHEMA NOT IN ('gate_catalog', 'mysql', 'performance_schema', 'sys') /*scope T*/ AND gate_catalog.note(T.TABLE_COMMENT, 'sort') <> ''
