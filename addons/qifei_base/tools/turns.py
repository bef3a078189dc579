"""Lets people who do the same to the same records take turns."""

from odoo.tools import SQL


def write_anew(records):
    """Write rows as they are, so that a transaction which has read them cannot go on.

    The server starts the request of who comes second once more, and that one sees what
    the first has made; it is no error to report in the log.

    :raise psycopg2.errors.SerializationFailure: somebody else was first
    """
    if records:
        records.env.cr.execute(
            SQL(
                "UPDATE %s SET write_date = write_date WHERE id IN %s",
                SQL.identifier(records._table),
                records._ids,
            ),
            log_exceptions=False,
        )


def lock_free(records):
    """Lock the rows that nobody else is changing.

    :return: the records that are locked now
    :raise psycopg2.errors.SerializationFailure: one of them has been changed since the
        transaction began; the caller begins anew or leaves it for later
    """
    if not records:
        return records
    cr = records.env.cr
    # Not `lock_for_update`: it reports as an error that somebody was faster.
    cr.execute(
        SQL(
            "SELECT id FROM %s WHERE id IN %s FOR UPDATE SKIP LOCKED",
            SQL.identifier(records._table),
            records._ids,
        ),
        log_exceptions=False,
    )
    locked = {row[0] for row in cr.fetchall()}
    return records.filtered(lambda record: record.id in locked)
