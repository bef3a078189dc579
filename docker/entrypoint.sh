#!/bin/sh
# `serve` (the default) runs a node, `init` installs or updates the suite and ends;
# anything else is run as it is. The database is named by libpq's variables: PGHOST,
# PGPORT, PGUSER, PGPASSWORD and PGDATABASE; PGHOST_REPLICA names a read replica.
set -eu

: "${PGHOST:?name the database server}"
: "${PGUSER:?name the database user}"
: "${PGDATABASE:=qifei}"
export PGDATABASE

modules=${QIFEI_MODULES:-qifei_portal}

wait_for_database() {
    tries=60
    until pg_isready --quiet --dbname=postgres; do
        tries=$((tries - 1))
        if [ "$tries" -eq 0 ]; then
            echo "The database server $PGHOST does not answer: is it running?" >&2
            exit 1
        fi
        sleep 2
    done
}

case "${1:-serve}" in
serve)
    wait_for_database
    exec odoo server --database="$PGDATABASE" --db-filter="^$PGDATABASE\$"
    ;;
init)
    wait_for_database
    language=${QIFEI_LANGUAGE:-zh_CN}
    action=--init
    if [ "$(psql -XAtc "SELECT 1 FROM pg_database WHERE datname = '$PGDATABASE'" postgres)" = 1 ]; then
        if [ "$(psql -XAtc "SELECT to_regclass('ir_module_module') IS NOT NULL")" = t ] &&
            [ -n "$(psql -XAtc "SELECT 1 FROM ir_module_module WHERE state = 'installed' AND name = '${modules%%,*}'")" ]; then
            action=--update
        fi
    fi
    exec odoo server --database="$PGDATABASE" "$action=$modules" \
        --load-language="$language" --workers=0 --no-http --stop-after-init
    ;;
*)
    exec "$@"
    ;;
esac
