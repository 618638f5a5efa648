"""Feeds: what is asked of PubMed, Europe PMC, folders and lists, and what came of it, as files.

Nothing outside this package reaches for the network, and nothing here runs unless a person has
configured a feed and asked for it. A feed writes what it was given to disk, whole and checked, and
says in `Step`s which files are to be added and where it stands once they are.
"""
