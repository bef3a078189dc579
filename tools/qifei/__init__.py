"""Build and run tooling of the suite: standard library only, no Odoo import.

Each module does one thing; the commands in `cli` put them together:

- `cache`, `debian`, `environment`: what is downloaded, once per machine;
- `postgres`, `odoo`, `templates`: the servers and the databases of one clone;
- `suite`, `results`, `lint`: the test run and its tally;
- `demo`, `wheels`, `translations`: the other commands.
"""
