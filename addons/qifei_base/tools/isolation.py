"""Runs a step on many records in slices, so that a bad one does not stop the others."""

import logging

from odoo.fields import Domain

_logger = logging.getLogger(__name__)

MAX_ERROR_LENGTH = 200


def run_isolated(records, step, note_error):
    """Run ``step`` on all records together and, when that fails, on each alone.

    Every run has a savepoint: what a failing one has written is undone. For scheduled
    jobs, which have nobody to show an error to.

    :param records: a recordset
    :param step: function of a recordset
    :param note_error: function of one record and the text of its error, which notes it
        where a person finds it
    """
    try:
        with records.env.cr.savepoint():
            step(records)
    except Exception:
        _logger.info("%s: going one by one", records, exc_info=True)
    else:
        return
    for record in records:
        try:
            with record.env.cr.savepoint():
                step(record)
        except Exception as error:
            _logger.warning("%s is left out", record, exc_info=True)
            note_error(record, str(error)[:MAX_ERROR_LENGTH] or type(error).__name__)


def search_in_slices(model, domain, size):
    """Yield the records of a domain in slices, in the order of their ids.

    For scheduled jobs: after each slice the progress is committed, and the slices end
    when the time of the job is used up. A record that stays in the domain is met once
    in a run.

    :param model: empty recordset to search with
    :param domain: Domain, which the step may take records out of
    :param size: records of a slice
    """
    last_id = 0
    while True:
        records = model.search(
            domain & Domain("id", ">", last_id), order="id", limit=size
        )
        if not records:
            return
        last_id = records[-1].id
        yield records
        remaining = model.search_count(domain & Domain("id", ">", last_id))
        cron = model.env["ir.cron"]
        if not cron._commit_progress(len(records), remaining=remaining):
            return
