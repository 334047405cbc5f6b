-- Who added a list: a token's name or a person's; '' for the operator at the command line and for lists of earlier versions.
ALTER TABLE lists ADD COLUMN IF NOT EXISTS added_by String DEFAULT '' COMMENT 'who added it; empty: at the command line';
