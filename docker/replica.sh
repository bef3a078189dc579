#!/bin/sh
# Copy the primary when the data folder is new, then stream from it. A replica that was
# away for too long to catch up is made anew by removing its volume.
set -eu

if [ ! -s "$PGDATA/PG_VERSION" ]; then
    mkdir -p "$PGDATA"
    chown postgres:postgres "$PGDATA"
    chmod 700 "$PGDATA"
    gosu postgres pg_basebackup --pgdata="$PGDATA" --wal-method=stream \
        --checkpoint=fast --write-recovery-conf
fi
# The server's own connections are named by its configuration, not by the environment.
unset PGHOST PGUSER PGPASSWORD
exec gosu postgres postgres
