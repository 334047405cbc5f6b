"""One file per page: fetches what the page shows, hands it to the views, puts it on the screen."""
