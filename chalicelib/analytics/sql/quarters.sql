-- The whole numbers from 0 to 255: as many quarter-hours as two days and more have.
digits AS (
    SELECT n FROM (VALUES (0), (1), (2), (3)) AS listed (n)
),
quarters AS (
    SELECT 64 * a.n + 16 * b.n + 4 * c.n + d.n AS n
    FROM digits AS a CROSS JOIN digits AS b CROSS JOIN digits AS c CROSS JOIN digits AS d
)
