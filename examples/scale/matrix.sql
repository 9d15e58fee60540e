-- How each stack is covered on each system, in every snapshot of a saved catalog, as
-- `specplan coverage` counts it: DuckDB and Spark run this as it is.
--
-- The views `specs` and `members` are the tables of the catalog. KEY is what a want is:
-- `name`; `name, version`; `name, version, variants`; `hash`. Hashes are wanted within one
-- system: SYSTEM is then `, os, target`, and nothing else.
WITH available AS (
  -- What has a binary; the system provides externals, which no stack can lack.
  SELECT DISTINCT m.tag, s.counts_as
  FROM members m JOIN specs s ON s.spec = m.spec JOIN specs c ON c.spec = s.counts_as
  WHERE m.in_buildcache AND NOT c.external
),
listed AS (
  -- What each stack lists of it.
  SELECT DISTINCT m.tag, m.stack, split_part(m.stack, '-', 1) AS family, c.os, c.target,
    c.hash, c.name, c.version, c.variants
  FROM members m
    JOIN specs s ON s.spec = m.spec
    JOIN available a ON a.tag = m.tag AND a.counts_as = s.counts_as
    JOIN specs c ON c.spec = s.counts_as
  WHERE m.stack <> 'root' AND (m.in_buildcache OR m.kind = 'index')
),
cells AS (
  SELECT tag, family, stack, os, target, count(*) AS covered
  FROM (SELECT DISTINCT tag, family, stack, os, target, KEY FROM listed) AS keys
  GROUP BY tag, family, stack, os, target
),
wants AS (
  SELECT tag, family SYSTEM, count(*) AS wanted
  FROM (SELECT DISTINCT tag, family SYSTEM, KEY FROM listed) AS keys
  GROUP BY tag, family SYSTEM
),
peers AS (
  SELECT tag, family SYSTEM, count(*) AS cells FROM cells GROUP BY tag, family SYSTEM
)
-- A cell that nothing but itself says anything of wants nothing.
SELECT tag, stack, os, target,
  CASE WHEN peers.cells > 1 THEN covered ELSE 0 END AS covered,
  CASE WHEN peers.cells > 1 THEN wanted ELSE 0 END AS wanted
FROM cells JOIN wants USING (tag, family SYSTEM) JOIN peers USING (tag, family SYSTEM)
ORDER BY tag, stack, os, target
