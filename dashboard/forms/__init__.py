"""What people do on pages: acts on cases, drafts, lists, trials, files to take away; each asks for the reader's rights again."""
