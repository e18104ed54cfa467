"""The local cloud: what `make up`, `make down` and the end-to-end tests run.

`python -m local <command>`; the commands are listed in `__main__.py`.
`prerequisites` runs before anything is installed, so it uses the standard library only.
"""
