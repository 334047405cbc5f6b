DROP TABLE IF EXISTS saved_filters;
