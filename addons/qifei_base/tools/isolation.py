"""Runs a step on many records so that a bad one does not stop the others."""

import logging

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
