"""Documents -> passages -> an index that finds them by words and by meaning."""
