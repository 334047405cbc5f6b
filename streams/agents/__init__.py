"""The processes that stand behind the stream, one room each: worker (admit and tally), judge, notifier, recount; and what they share."""
