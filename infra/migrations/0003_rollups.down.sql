DROP VIEW IF EXISTS issuer_month_view;
DROP TABLE IF EXISTS issuer_month;
DROP VIEW IF EXISTS load_month_view;
DROP TABLE IF EXISTS load_month;
DROP VIEW IF EXISTS load_week_view;
DROP TABLE IF EXISTS load_week;
DROP VIEW IF EXISTS load_day_view;
DROP TABLE IF EXISTS load_day;
