"""What stands around every page: the server and its gates, who is signed in, the frame of a page, what is shared and refreshed."""
