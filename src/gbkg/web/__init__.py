"""The web server: pages for people and addresses for programs, over the functions that the command line calls."""
