"""What `make bench` runs inside Odoo: the same tasks for ours and for the peers.

- `subjects`: the models that are compared, and what a task means for each of them;
- `stock`: fills a database with the same number of records of every model;
- `tasks`: the tasks and how they are timed;
- `importing`: a customer's Excel file through Odoo's import screen.

`dispatch_engine` runs outside Odoo: the planning engine against known distances and
against days without a plan, which `dispatch_cases` makes.
"""
